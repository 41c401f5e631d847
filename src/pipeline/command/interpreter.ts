import { parseCommand, type WorkflowCommand } from './parse.ts';

/** What a step says about a place in a file, for people who look at the change. Not masked yet. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

/** What commands in the output of a step do to its job. */
export interface CommandEffects {
  /** A line of ours for the log, such as `##[group]Title`. */
  log(line: string): void | Promise<void>;
  annotate(annotation: Annotation): void | Promise<void>;
  mask(value: string): void;
  setOutput(name: string, value: string): void;
  saveState(name: string, value: string): void;
  setEnv(name: string, value: string): void;
  addPath(folder: string): void;
  /** A command that is refused, or cannot be read: the step fails. */
  fail(message: string): void | Promise<void>;
}

export interface InterpreterOptions {
  readonly effects: CommandEffects;
  /** `ACTIONS_ALLOW_UNSECURE_COMMANDS` in the environment of the step: the two oldest commands are obeyed. */
  readonly allowUnsecure: boolean;
  /** Whether `::debug::` is shown. */
  readonly debug: boolean;
}

const KNOWN = new Set(
  'add-mask add-matcher remove-matcher add-path set-env set-output save-state debug echo error warning notice group endgroup stop-commands'.split(
    ' ',
  ),
);

/** Variables that change how every later program starts; no command may set them. */
const REFUSED = new Set(['NODE_OPTIONS']);

/** Whether a step may set this variable for the steps after it. */
export const mayBeSet = (name: string): boolean => !REFUSED.has(name.toUpperCase());

type Act = () => void | Promise<void>;

/**
 * Reads the commands of one step. `set-output` and `save-state` are obeyed and warned about, `set-env` and `add-path`
 * fail the step unless it allowed them, as on the real platform since 2020 and 2022.
 */
export class Interpreter {
  readonly #effects: CommandEffects;
  readonly #options: InterpreterOptions;
  #stopToken: string | undefined;
  #echo = false;
  #warned = new Set<string>();

  constructor(options: InterpreterOptions) {
    this.#options = options;
    this.#effects = options.effects;
  }

  /** What this line does; nothing where it is text. */
  readonly commandOf = (line: string): Act | undefined => {
    const token = this.#stopToken;
    if (token !== undefined) {
      const resume = parseCommand(line, (name) => name === token.toLowerCase());
      if (resume === undefined) return undefined;
      this.#stopToken = undefined;
      return () => this.#effects.log(line);
    }
    const command = parseCommand(line, (name) => KNOWN.has(name));
    if (command === undefined) return undefined;
    // At once and not with its turn: the lines after it in this chunk are looked at before that.
    if (command.name === 'stop-commands') return this.#stop(command, line);
    return () => this.#run(command, line);
  };

  #stop({ value }: WorkflowCommand, line: string): Act {
    if (value === '' || KNOWN.has(value.toLowerCase()) || value.toLowerCase() === 'pause-logging') {
      return () => this.#effects.fail('The token of `stop-commands` is empty or the name of a command.');
    }
    this.#stopToken = value;
    // A token that can be guessed from the log would not stop anybody.
    if (value.length > 6) this.#effects.mask(value);
    return () => this.#effects.log(line);
  }

  async #run(command: WorkflowCommand, line: string): Promise<void> {
    const { name, value } = command;
    if (this.#echo && name !== 'add-mask' && name !== 'debug') await this.#effects.log(line);
    if (name === 'error' || name === 'warning' || name === 'notice') return this.#annotate(name, command);
    if (name === 'group') return this.#effects.log(`##[group]${value}`);
    if (name === 'endgroup') return this.#effects.log('##[endgroup]');
    if (name === 'debug') return this.#options.debug ? this.#effects.log(`##[debug]${value}`) : undefined;
    if (name === 'add-mask') return this.#mask(value);
    if (name === 'echo') return this.#setEcho(value);
    if (name === 'set-output' || name === 'save-state') return this.#keep(name, command);
    if (name === 'set-env' || name === 'add-path') return this.#change(name, command);
  }

  async #mask(value: string): Promise<void> {
    if (value.trim() === '')
      await this.#effects.annotate({ level: 'warning', message: 'Nothing can be masked by an empty value.' });
    else this.#effects.mask(value);
  }

  #setEcho(value: string): void | Promise<void> {
    const word = value.trim().toLowerCase();
    if (word !== 'on' && word !== 'off') return this.#effects.fail('`echo` takes `on` or `off`.');
    this.#echo = word === 'on';
  }

  async #keep(name: 'set-output' | 'save-state', { properties, value }: WorkflowCommand): Promise<void> {
    await this.#deprecated(name, name === 'set-output' ? 'GITHUB_OUTPUT' : 'GITHUB_STATE');
    const key = properties['name'];
    if (key === undefined) return this.#effects.fail(`\`${name}\` lacks its \`name\`.`);
    if (name === 'set-output') this.#effects.setOutput(key, value);
    else this.#effects.saveState(key, value);
  }

  async #deprecated(name: string, file: string): Promise<void> {
    if (this.#warned.has(name)) return;
    this.#warned.add(name);
    const message = `The \`${name}\` command is deprecated. Write to the file that ${file} names.`;
    await this.#effects.annotate({ level: 'warning', message });
  }

  #change(name: 'set-env' | 'add-path', { properties, value }: WorkflowCommand): void | Promise<void> {
    if (!this.#options.allowUnsecure) {
      const file = name === 'set-env' ? 'GITHUB_ENV' : 'GITHUB_PATH';
      return this.#effects.fail(`The \`${name}\` command is disabled. Write to the file that ${file} names.`);
    }
    if (name === 'add-path') return this.#effects.addPath(value);
    const key = properties['name'];
    if (key === undefined) return this.#effects.fail('`set-env` lacks its `name`.');
    if (mayBeSet(key)) this.#effects.setEnv(key, value);
    else return this.#effects.annotate({ level: 'error', message: `${key} cannot be set by \`set-env\`.` });
  }

  #annotate(level: Annotation['level'], { properties, value }: WorkflowCommand): void | Promise<void> {
    const [file, title] = [properties['file'], properties['title']];
    const numbers = Object.entries({ line: 'line', endline: 'endLine', col: 'column', endcolumn: 'endColumn' }).flatMap(
      ([property, field]) =>
        /^\d{1,9}$/.test(properties[property] ?? '') ? [[field, Number(properties[property])]] : [],
    );
    return this.#effects.annotate({
      level,
      message: value,
      ...(title === undefined ? {} : { title }),
      ...(file === undefined ? {} : { file }),
      ...Object.fromEntries(numbers),
    });
  }
}
