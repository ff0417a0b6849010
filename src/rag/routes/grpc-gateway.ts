import type { Route } from '../../types-code.ts';
import { type ProtoMethod, readProtoServices } from '../contracts/proto-services.ts';
import type { Entity } from '../entity.ts';
import type { Resolver } from '../resolver.ts';
import { defineRouteFinder } from '../route-finder.ts';

type ClassEntity = Entity & { readonly kind: 'instance' };

/** Go servers behind gRPC-Gateway or Connect: `google.api.http` in the `.proto` files, methods of what is registered. */
export default defineRouteFinder({
  framework: 'grpc-gateway',
  find: (resolver) => {
    const known = new Map<string, readonly ClassEntity[]>();
    return [...resolver.program.modules.texts].flatMap(([file, text]) => {
      if (!file.endsWith('.proto')) return [];
      return readProtoServices(text).flatMap((rpc) => {
        const servers = known.get(rpc.service) ?? findServers(rpc.service, resolver);
        known.set(rpc.service, servers);
        return routesOf(rpc, servers, resolver);
      });
    });
  },
});

function routesOf(rpc: ProtoMethod, servers: readonly ClassEntity[], resolver: Resolver): Route[] {
  const short = shortName(rpc.service);
  const [method] = servers.flatMap((server) =>
    resolver.types.member(server, rpc.name).filter((member) => member.kind === 'symbol'),
  );
  if (method?.kind !== 'symbol') return [];
  const { startLine, endLine } = resolver.program.symbol(method);
  const handler = { file: method.file, startLine, endLine };
  const usesConnect = resolver.program.callsNamed(`New${short}Handler`, 'go').length > 0;
  // Connect answers each method by its full name (https://connectrpc.com/docs/protocol).
  const own = usesConnect ? [{ method: 'POST', path: `/${rpc.service}/${rpc.name}` } as const] : [];
  return [...rpc.bindings, ...own].map((binding) => ({
    framework: 'grpc-gateway',
    ...binding,
    operationId: rpc.operationId ?? `${short}_${rpc.name}`,
    handler,
    handlerName: rpc.name,
    declaredAt: handler,
  }));
}

/** Types that answer for a service: those that are registered, else those that embed its `Unimplemented…Server`. */
function findServers(service: string, resolver: Resolver): readonly ClassEntity[] {
  const { program, types } = resolver;
  const short = shortName(service);
  const registered = [
    { name: `Register${short}Server`, index: 1 },
    { name: `New${short}Handler`, index: 0 },
  ].flatMap(({ name, index }) =>
    program.callsNamed(name, 'go').flatMap(({ file, placed: { call, scope } }) => {
      const value = call.args[index]?.value;
      if (value === undefined) return [];
      return resolver.evaluate(value, { file, scope }).flatMap((entity) => [...types.of(entity)]);
    }),
  );
  const embedding = [`Unimplemented${short}Server`, `Unimplemented${short}Handler`].flatMap((base) =>
    program.classesBasedOn(base).map((at): ClassEntity => ({ kind: 'instance', ...at })),
  );
  const isReal = (type: ClassEntity) => !/^(Unimplemented|Unsafe)/.test(program.symbol(type).name);
  return [...registered, ...embedding].filter(
    (type) => isReal(type) && !/(^|\/)(tests?|mocks?)\/|_test\.go$/.test(type.file),
  );
}

function shortName(service: string): string {
  return service.slice(service.lastIndexOf('.') + 1);
}
