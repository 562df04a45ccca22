/** A change of a site that changes nothing yet. */
export const NOTHING = { name: null, tags: null, pinned: null, registry: null, signatureRequired: null, linux: null, acceptNewCluster: false } as const;
