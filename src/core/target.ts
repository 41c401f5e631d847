/** What the user points at. */
export type Target =
  | { readonly kind: 'folder'; readonly path: string }
  /** What `git commit` would take now. */
  | { readonly kind: 'staged'; readonly path: string }
  /** What changed from a revision to the work tree. */
  | { readonly kind: 'since'; readonly path: string; readonly revision: string }
  /** Every commit of every ref, or those of a range as git writes it (`main..HEAD`). */
  | { readonly kind: 'history'; readonly path: string; readonly commits?: string }
  | { readonly kind: 'archive'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly history: boolean };
