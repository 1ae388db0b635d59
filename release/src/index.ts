/** The signing side: keys, the release repository, and every change to it as one transaction. */
export {};
