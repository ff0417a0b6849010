import { importsCommands } from './service-code.ts';
import type { SourceText } from './syntax/source-text.ts';

/** The name of a command, in `Use: "export [file]"` of Cobra and `Name: "export"` of urfave/cli. */
const NAME = /^\{\s*(?:\/\/[^\n]*\n\s*)*(?:Use|Name):\s*"([a-z-]+)/;
/** What people have a program do once: what it begins with says that it ends. */
const ENDS =
  /^(self-test|test|check|verify|validate|version|status|info|whoami|migrate|export|import|dump|restore|backup|seed|reset|init|initdb|setup|login|logout|add|create|delete|remove|rm|set|get|list|ls|show|update|upgrade|encrypt|re-encrypt|revoke|keygen)(-|$)/;
/** A command that starts something, listens or waits may stay, whatever it is called. */
const STAYS =
  /(run|start|serve|listen|worker?|consum\w*|subscribe|loop|watch|wait|daemon)\w*\(|<-|\bselect \{|signal\.Notify/i;

/** Whether a place of a Go file stands in a command of Cobra or urfave/cli that does one thing for a person and ends. */
export function isInEndingCommand(source: SourceText, offset: number): boolean {
  if (source.language !== 'go' || !importsCommands(source.text, 'go')) return false;
  const around = source
    .nodes('composite_literal')
    .filter(({ start, end }) => start <= offset && offset < end)
    .filter((one) => /^(cobra|cli)\.Command$/.test(one.child('type')?.text ?? ''));
  const body = around.at(-1)?.child('body')?.text ?? '';
  return ENDS.test(NAME.exec(body)?.[1] ?? '') && !STAYS.test(body);
}
