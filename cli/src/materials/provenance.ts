/**
 * Where everything in dist/ comes from: an in-toto statement v1 (https://in-toto.io/Statement/v1) with an SLSA v1
 * predicate (https://slsa.dev/provenance/v1). docs/formats/provenance.md describes the build type. It is not signed
 * here, and says nothing of when the build ran, so that the same build gives the same statement.
 */
import { basename } from 'node:path';
import type { Artifact, Plan } from '@slipway/core';
import type { Project } from '../project/load.ts';
import { version as slipwayVersion } from '../version.ts';
import { npmPurl, type Material } from './material.ts';

const buildType = 'https://slipway.dev/build-types/dist/v1';
const builder = 'https://slipway.dev/builders/dist';

export function provenance({ config, source, commit }: Project, plan: Plan, artifacts: readonly Artifact[], materials: readonly Material[]): object {
  const { repository } = config.product;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: artifacts.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: {
          ...(repository === undefined ? {} : { source: repository }),
          configuration: basename(source),
          version: plan.product.version,
          targets: plan.selected.targets,
          wrappers: plan.selected.wrappers,
        },
        resolvedDependencies: [
          ...(commit === undefined ? [] : [{ ...(repository === undefined ? { name: 'source' } : { uri: `git+${repository}` }), digest: { gitCommit: commit.hash } }]),
          ...materials.flatMap(({ content }) => (content === undefined ? [] : [{ uri: npmPurl(content.runtime), digest: { sha512: content.runtime.sha512 } }])),
        ],
      },
      runDetails: { builder: { id: builder, version: { slipway: slipwayVersion } } },
    },
  };
}
