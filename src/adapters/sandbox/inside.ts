/** Whether a path is a folder or lies in it; both absolute and normal. */
export const inside = (at: string, folder: string): boolean => at === folder || at.startsWith(`${folder}/`);
