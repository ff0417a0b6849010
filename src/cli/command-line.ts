import { Command, CommanderError } from 'commander';
import { AppError, systemErrorCode, toAppError } from '../errors.ts';
import type { AnyTool } from '../tools/tool.ts';
import { readVersion } from '../version.ts';
import { TOOL_COMMANDS, type ToolCommand } from './commands.ts';
import { examine } from './doctor.ts';
import { addFaultFlags } from './fault-flags.ts';
import { makeFlags, readFlags } from './flags.ts';
import { initWorkspace } from './init.ts';
import { printError } from './print-error.ts';
import { addProxyCommand } from './proxy-command.ts';
import { EXIT, runTool } from './run-tool.ts';
import { inShellWords } from './shell-words.ts';
import { trustWorkspace } from './trust.ts';

/** Runs one shell command; gives its exit status. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let status: number = EXIT.pass;
  // Whoever read may have gone (`| head`): the command goes on to its end, and its status stays.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const json = argv.includes('--json');
  const finish = (result: number) => {
    status = result;
  };
  const program = new Command('breakwater')
    .description('Finds out how an HTTP service behaves when its network and its dependencies fail.')
    .version(readVersion(), '-V, --version')
    .option('--root <folder>', 'the workspace (default: this folder)')
    .showHelpAfterError('(breakwater --help lists the commands)')
    // With --json what commander would say in plain text is printed as JSON below.
    .configureOutput(json ? { writeErr: () => undefined } : {})
    .exitOverride();
  addServeCommand(program, finish);
  for (const command of TOOL_COMMANDS) addToolCommand(program, command, finish);
  addProxyCommand(program, () => rootOf(program), finish);
  addTrustCommand(program, finish);
  addInitCommand(program, finish);
  addDoctorCommand(program, finish);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.pass;
    if (!(error instanceof CommanderError)) printError(toAppError(error), json);
    else if (json) printError(toInputError(error), json);
    return EXIT.badInput;
  }
  return status;
}

function ignoreClosedPipe(error: Error): void {
  if (systemErrorCode(error) !== 'EPIPE') throw error;
}

function toInputError({ message }: CommanderError): AppError {
  const text = message.replace(/^error: /, '');
  return new AppError('BAD_INPUT', `${text.charAt(0).toUpperCase()}${text.slice(1)}.`, {
    hint: 'breakwater --help lists the commands, breakwater COMMAND --help its flags.',
  });
}

function addToolCommand(
  program: Command,
  { command, tool, words, read, example, switches, summary }: ToolCommand,
  finish: (status: number) => void,
): void {
  const flags = makeFlags(tool.input);
  const made = program
    .command(command)
    .description(summary ?? inShellWords(firstSentence(tool.description)))
    .exitOverride();
  for (const word of words) made.argument(word);
  for (const { option } of flags) made.addOption(option);
  for (const { name, description } of switches) made.option(`--${name}`, description);
  const faults = 'faults' in tool.input.shape ? addFaultFlags(made) : () => ({});
  made
    .option('--json', 'print the facts as JSON')
    .option('--yes', 'agree to what would be asked')
    .addHelpText('after', `\nExample:\n  ${example}`);
  made.action(async (...given: unknown[]) => {
    const texts = given
      .slice(0, words.length)
      .flat()
      .filter((word) => typeof word === 'string');
    const options: Readonly<Record<string, unknown>> = made.opts();
    const switched = switches.flatMap(({ name, args }) => (options[name] === true ? [args] : []));
    const raw = Object.assign(
      {},
      dropUndefined(read(texts)),
      readFlags(flags, options),
      faults(),
      ...switched,
    );
    demandFaults(tool, raw, command, example);
    finish(
      await runTool(tool, raw, {
        root: rootOf(program),
        json: options.json === true,
        yes: options.yes === true,
      }),
    );
  });
}

/** Where nothing but a fault is missing: the tool would ask for it in JSON, which nobody types. */
function demandFaults(tool: AnyTool, raw: object, command: string, example: string): void {
  const missing = Object.entries(tool.input.shape).filter(
    ([name, schema]) => !(name in raw) && !schema.safeParse(undefined).success,
  );
  if (missing.length !== 1 || missing[0]?.[0] !== 'faults') return;
  throw new AppError('BAD_INPUT', 'No fault is given.', {
    hint: `For example: ${example}. breakwater ${command} --help lists the flags of all faults.`,
  });
}

/** `serve` reads its flags by itself, so that a host's start loads nothing of the command line. */
function addServeCommand(program: Command, finish: (status: number) => void): void {
  program
    .command('serve')
    .description('serve MCP over stdin and stdout, or over HTTP; --http, --tools, --read-only: serve --help')
    .argument('[flags...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (flags: readonly string[]) => {
      const root = rootOf(program);
      const { serve } = await import('./serve.ts');
      finish(await serve(root === null ? flags : ['--root', root, ...flags]));
    });
}

function addTrustCommand(program: Command, finish: (status: number) => void): void {
  program
    .command('trust')
    .description('approve the commands in breakwater.yaml of the workspace, as it is now')
    .action(async () => {
      process.stdout.write(await trustWorkspace(rootOf(program)));
      finish(EXIT.pass);
    });
}

function addInitCommand(program: Command, finish: (status: number) => void): void {
  program
    .command('init')
    .description('propose a breakwater.yaml by looking at the project; nothing is overwritten')
    .action(async () => {
      process.stdout.write(await initWorkspace(rootOf(program)));
      finish(EXIT.pass);
    });
}

function addDoctorCommand(program: Command, finish: (status: number) => void): void {
  program
    .command('doctor')
    .description('check what Breakwater needs: Node, the workspace, its configuration, a proxy that works')
    .action(async () => {
      const { text, ok } = await examine(rootOf(program));
      process.stdout.write(text);
      finish(ok ? EXIT.pass : EXIT.badInput);
    });
}

function rootOf(program: Command): string | null {
  const { root } = program.opts<{ readonly root?: string }>();
  return root ?? null;
}

function dropUndefined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function firstSentence(text: string): string {
  const end = text.indexOf('. ');
  return end < 0 ? text : text.slice(0, end + 1);
}
