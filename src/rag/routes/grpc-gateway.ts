import type { Route } from '../../types-code.ts';
import { TEST_FILE } from '../contracts/implementers.ts';
import { type ProtoMethod, readProtoServices } from '../contracts/proto-services.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder } from '../route-finder.ts';

type ClassEntity = Entity & { readonly kind: 'instance' };

/** Who answers gRPC, which the gateway asks, and who answers Connect. */
interface Servers {
  readonly grpc: readonly ClassEntity[];
  readonly connect: readonly ClassEntity[];
}

/** Go servers behind gRPC-Gateway or Connect: `google.api.http` in the `.proto` files, methods of what is registered. */
export default defineRouteFinder({
  framework: 'grpc-gateway',
  find: (resolver) => {
    const known = new Map<string, Servers>();
    return [...resolver.program.modules.texts].flatMap(([file, text]) => {
      if (!file.endsWith('.proto')) return [];
      return readProtoServices(text).flatMap((rpc) => {
        const servers = known.get(rpc.service) ?? findServers(shortName(rpc.service), resolver);
        known.set(rpc.service, servers);
        return routesOf(rpc, servers, resolver);
      });
    });
  },
});

function routesOf(rpc: ProtoMethod, { grpc, connect }: Servers, resolver: Resolver): Route[] {
  const short = shortName(rpc.service);
  const answering = (servers: readonly ClassEntity[]) =>
    servers
      .flatMap((server) => resolver.types.member(server, rpc.name))
      .find((member) => member.kind === 'symbol');
  const [plain, connected] = [answering(grpc), answering(connect)];
  const usesConnect = resolver.program.callsNamed(`New${short}Handler`, 'go').length > 0;
  // Connect answers each method by its full name (https://connectrpc.com/docs/protocol).
  const own = usesConnect ? [{ method: 'POST', path: `/${rpc.service}/${rpc.name}` } as const] : [];
  return [
    ...rpc.bindings.map((binding) => ({ binding, member: plain ?? connected })),
    ...own.map((binding) => ({ binding, member: connected ?? plain })),
  ].flatMap(({ binding, member }): Route[] => {
    if (member?.kind !== 'symbol') return [];
    const { startLine, endLine } = resolver.program.symbol(member);
    const handler = { file: member.file, startLine, endLine };
    const operationId = rpc.operationId ?? `${short}_${rpc.name}`;
    return [
      {
        framework: 'grpc-gateway',
        ...binding,
        operationId,
        handler,
        handlerName: rpc.name,
        declaredAt: handler,
      },
    ];
  });
}

/** Types that answer for a service: those that are registered, else those that embed its `Unimplemented…` type. */
function findServers(service: string, resolver: Resolver): Servers {
  const { program, types } = resolver;
  const registered = (name: string, index: number) =>
    program.callsNamed(name, 'go').flatMap(({ file, placed: { call, scope } }) => {
      const value = call.args[index]?.value;
      if (value === undefined) return [];
      return resolver.evaluate(value, { file, scope }).flatMap((entity) => [...types.of(entity)]);
    });
  const embedding = (base: string) =>
    program.classesBasedOn(base).map((at): ClassEntity => ({ kind: 'instance', ...at }));
  const real = (all: readonly ClassEntity[]) =>
    all.filter(
      (type) => !/^(Unimplemented|Unsafe)/.test(program.symbol(type).name) && !TEST_FILE.test(type.file),
    );
  return {
    grpc: real([
      ...registered(`Register${service}HandlerServer`, 2),
      ...registered(`Register${service}Server`, 1),
      ...embedding(`Unimplemented${service}Server`),
    ]),
    connect: real([...registered(`New${service}Handler`, 0), ...embedding(`Unimplemented${service}Handler`)]),
  };
}

function shortName(service: string): string {
  return service.slice(service.lastIndexOf('.') + 1);
}
