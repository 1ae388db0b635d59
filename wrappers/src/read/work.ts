/** How much was done; tests hold that nothing is inflated or read twice. */
export interface Work {
  bytesInflated: number;
  bytesHashed: number;
}

export function noWork(): Work {
  return { bytesInflated: 0, bytesHashed: 0 };
}
