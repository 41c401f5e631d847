import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader';
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

const load = (json: unknown, root: string): Language => ({
  schema: TemplateSchema.load(new JSONObjectReader(undefined, JSON.stringify(json))),
  root,
});

let workflow: Language | undefined;
let action: Language | undefined;

export function workflowSyntax(): Language {
  workflow ??= load(workflowLanguage, 'workflow-root-strict');
  return workflow;
}

export function actionSyntax(): Language {
  action ??= load(actionLanguage, 'action-root-strict');
  return action;
}
