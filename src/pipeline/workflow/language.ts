import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader';
import { DefinitionType } from '@actions/workflow-parser/templates/schema/definition-type';
import type { MappingDefinition } from '@actions/workflow-parser/templates/schema/mapping-definition';
import { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
// By path, since the package exports its modules alone, and those import these files in a way that Node refuses.
import actionLanguage from '../../../node_modules/@actions/workflow-parser/dist/action-v1.0.min.json' with {
  type: 'json',
};
import workflowLanguage from '../../../node_modules/@actions/workflow-parser/dist/workflow-v1.0.min.json' with {
  type: 'json',
};

/** A kind of file that the library knows: what may stand where. */
export interface Language {
  readonly schema: TemplateSchema;
  /** The definition of the whole file. */
  readonly root: string;
}

/** The library's description of the language where it is not the platform's: each entry is a definition that we replace. */
const CORRECTIONS = {
  // It names another event here.
  'repository-dispatch-string': { string: { constant: 'repository_dispatch' } },
  // An input of a person may be its name alone.
  'workflow-dispatch-inputs': {
    mapping: {
      'loose-key-type': 'workflow-dispatch-input-name',
      'loose-value-type': 'workflow-dispatch-input-or-nothing',
    },
  },
  'workflow-dispatch-mapping': { mapping: { properties: { inputs: 'workflow-dispatch-inputs-or-nothing' } } },
  'workflow-dispatch-inputs-or-nothing': { 'one-of': ['null', 'workflow-dispatch-inputs'] },
  'workflow-dispatch-input-or-nothing': { 'one-of': ['null', 'workflow-dispatch-input'] },
};

function load(json: unknown, root: string): Language {
  const schema = TemplateSchema.load(new JSONObjectReader(undefined, JSON.stringify(json)));
  // The library looks keys of files up in these: `constructor` must be no key that they know.
  for (const definition of Object.values(schema.definitions)) {
    if (definition.definitionType === DefinitionType.Mapping) {
      Object.setPrototypeOf((definition as MappingDefinition).properties, null);
    }
  }
  return { schema, root };
}

let workflow: Language | undefined;
let action: Language | undefined;

export function workflowSyntax(): Language {
  workflow ??= load(
    { ...workflowLanguage, definitions: { ...workflowLanguage.definitions, ...CORRECTIONS } },
    'workflow-root-strict',
  );
  return workflow;
}

export function actionSyntax(): Language {
  // The strict form is for who writes an action; the platform runs many that have no name or an unknown colour.
  action ??= load(actionLanguage, 'action-root');
  return action;
}
