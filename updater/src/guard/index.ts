/** The first code a program with an update address runs. It is small, and needs nothing of the rest of the updater. */
export {};
