import { describe, expect, it } from 'vitest';
import { type CommandLine, readCommandLine } from '../../src/cli/command-line.ts';
import { commands } from '../../src/cli/commands.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { type Command, flagOf, isUsedBy, type Setting, settingGroups } from '../../src/settings/kinds.ts';
import { settings } from '../../src/settings/table.ts';

const read = (line: string): CommandLine => readCommandLine(line === '' ? [] : line.split(' '));

const flagsOf = (line: string): object => {
  const found = read(line);
  return found.kind === 'run' ? { command: found.command, ...Object.fromEntries(found.flags) } : found;
};

const helpOf = (line: string): string => {
  const found = read(line);
  return found.kind === 'help' ? found.text : `no help, but ${found.kind}`;
};

const refusalOf = (line: string): string => {
  try {
    return `no refusal, but ${read(line).kind}`;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).not.toContain('\n');
    return message;
  }
};

describe('a command line', () => {
  it.each([
    ['', { command: 'serve' }],
    ['serve', { command: 'serve' }],
    ['--sandbox', { command: 'serve', '--sandbox': true }],
    ['serve --port 5000 --rate-limit=3', { command: 'serve', '--port': '5000', '--rate-limit': '3' }],
    ['sandbox --sandbox-port 0', { command: 'sandbox', '--sandbox-port': '0' }],
    ['sandbox --port 0 --subjects=5', { command: 'sandbox', '--sandbox-port': '0', '--sandbox-subjects': '5' }],
    ['doctor --region eu', { command: 'doctor', '--region': 'eu' }],
    ['token --username a', { command: 'token', '--username': 'a' }],
    ['record export --at 2026-03-01', { command: 'record export', '--at': '2026-03-01' }],
    [
      'sandbox --fault reset --sandbox-fault status=503,count=3',
      { command: 'sandbox', '--sandbox-fault': ['reset', 'status=503,count=3'] },
    ],
    ['--port 1 --port 1', { command: 'serve', '--port': '1' }],
  ])('%j names a command and its flags', (line, expected) => {
    expect(flagsOf(line)).toEqual(expected);
  });

  it.each(['--metrics', '--metrics=true', '--metrics=on', '--metrics=1'])('turns a switch on with %s', (flag) => {
    expect(flagsOf(`serve ${flag}`)).toEqual({ command: 'serve', '--metrics': true });
    expect(flagsOf(flag)).toEqual({ command: 'serve', '--metrics': true });
  });

  it.each(['--no-metrics', '--metrics=false', '--metrics=off', '--metrics=0'])('turns a switch off with %s', (flag) => {
    expect(flagsOf(`serve ${flag}`)).toEqual({ command: 'serve', '--metrics': false });
    expect(flagsOf(flag)).toEqual({ command: 'serve', '--metrics': false });
  });

  it.each([
    ['serv', 'unknown command "serv": did you mean serve?'],
    ['serv --help', 'unknown command "serv": did you mean serve?'],
    ['sandbx --port 1', 'unknown command "sandbx": did you mean sandbox?'],
    ['hlep', 'unknown command "hlep": did you mean help?'],
    ['help tokn', 'unknown command "tokn": did you mean token?'],
    [
      'xyz',
      'unknown command "xyz": use one of serve, sandbox, doctor, token, export, diff, record status, record prune, record export',
    ],
    [
      'toString',
      'unknown command "toString": use one of serve, sandbox, doctor, token, export, diff, record status, record prune, record export',
    ],
    ['serve now', 'unexpected argument "now" after serve'],
    ['record stat', 'unknown command "record stat": use one of record status, record prune, record export'],
    ['record prune now', 'unexpected argument "now" after record prune'],
    ['record status --port 1', 'record status has no use for --port: it is a flag of serve'],
    ['--port 1 doctor', 'unexpected argument "doctor" after serve: a command stands before all flags'],
    ['--prot 1', 'unknown flag --prot: did you mean --port?'],
    ['serve --sandbox-subject=1', 'unknown flag --sandbox-subject: did you mean --sandbox-subjects?'],
    ['doctor --reigon eu', 'unknown flag --reigon: did you mean --region?'],
    ['serve --xyzzyx', 'unknown flag --xyzzyx: see rolescope serve --help'],
    ['token --port 1', 'token has no use for --port: it is a flag of serve'],
    ['token --no-metrics', 'token has no use for --no-metrics: it is a flag of serve'],
    ['serve --no-metrics=false', '--no-metrics takes no value: write --metrics or --no-metrics'],
    [
      'sandbox --region eu',
      'sandbox has no use for --region: it is a flag of serve, doctor, token, export, diff, record export',
    ],
    ['serve --no-port', 'unknown flag --no-port: did you mean one of --export, --port?'],
    ['--port', '--port needs a value'],
    ['sandbox --port', '--port needs a value'],
    ['--port 1 --port 2', '--port is given twice, and not the same: leave one of them out'],
    ['--metrics --no-metrics', '--metrics is given twice, and not the same: leave one of them out'],
    ['--metrics=maybe', '--metrics must be true or false, got "maybe"'],
  ])('%j is refused in one line', (line, message) => {
    expect(refusalOf(line)).toBe(message);
  });

  it.each([
    '--password=of-mine',
    '--password of-mine',
    'token --token=of-mine',
    '--redis-url=of-mine',
    '--passwrod=of-mine',
  ])('shows no secret that came as a flag: %s', (line) => {
    expect(refusalOf(line)).toMatch(/flag/);
    expect(refusalOf(line)).not.toContain('of-mine');
  });

  it('says which variable a secret has in place of a flag', () => {
    expect(refusalOf('--password=x')).toBe(
      'there is no flag --password, because other users of a machine can read flags: set ROLESCOPE_PASSWORD',
    );
  });

  it.each(['-v', '--version'])('asks for the version with %s', (line) => {
    expect(read(line)).toEqual({ kind: 'version' });
  });
});

describe('the help', () => {
  it.each(['help', '--help', '-h', 'help --help', 'record', 'record --help', 'help record'])(
    'lists the commands after %s',
    (line) => {
      const help = helpOf(line);
      expect(help).toContain('Usage: rolescope [command] [flags]');
      for (const [name, { summary }] of Object.entries(commands))
        expect(help).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
      expect(help).not.toContain('ROLESCOPE_');
    },
  );

  it.each(Object.keys(commands) as Command[])(
    'has the flags and variables of %s, in groups, and no other',
    (command) => {
      const help = helpOf(`${command} --help`);
      expect(helpOf(`help ${command}`)).toBe(help);
      expect(helpOf(`${command} -h`)).toBe(help);
      const words = new Set(help.split(/[\s(;)]+/));
      for (const setting of Object.values<Setting>(settings)) {
        const flag = flagOf(setting);
        const isShown = isUsedBy(command, setting);
        expect(words.has(setting.env), setting.env).toBe(isShown);
        if (flag === undefined || command === 'sandbox') continue;
        const isThere = words.has(flag) || words.has(flag.replace('--', '--[no-]'));
        expect(isThere, flag).toBe(isShown);
      }
      const titles = Object.values(settingGroups).filter((title) => help.includes(`\n${title}:\n`));
      const places = titles.map((title) => help.indexOf(`\n${title}:\n`));
      expect(titles.length).toBeGreaterThan(0);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    },
  );

  it('says how a switch is written, where there is one', () => {
    const note = 'A switch is on with --x or --x=true, and off with --no-x or --x=false.';
    expect(helpOf('serve --help')).toContain(note);
    expect(helpOf('serve --help')).toContain('--[no-]metrics');
    expect(helpOf('token --help')).not.toContain(note);
  });

  it('calls the flags of the sandbox alone by their short names', () => {
    expect(helpOf('sandbox --help')).toMatch(/^ {2}--port N /m);
    expect(helpOf('serve --help')).toMatch(/^ {2}--sandbox-port N /m);
  });
});
