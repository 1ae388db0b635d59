/** Where each file of a new version comes from, as the route has found it. */

export type ComponentSource =
  /** `downloads/<sha256 of the compressed bytes>`, whole and verified. */
  | { readonly kind: 'download'; readonly path: string }
  /** A file (absolute path) that should be the same, in a version that is installed; it is verified before it is used. */
  | { readonly kind: 'installed'; readonly path: string; readonly from: string };

/** By component path; one for each file, links need none. */
export type Sources = ReadonlyMap<string, ComponentSource>;
