import { didYouMean, type Product, SlipwayError, type Target } from '@slipway/core';

/**
 * Fill in a file name template such as `{name}-v{version}-{target}`. A variable that is empty for a target ({libc}
 * outside Linux) takes the separator before it along. Throws CONFIG_INVALID.
 */
export function archiveName(template: string, product: Product, target: Target): string {
  const values = new Map([
    ['name', product.name],
    ['version', product.version.text],
    ['target', target.id],
    ['os', target.os],
    ['arch', target.arch],
    ['goos', target.go.goos],
    ['goarch', target.go.goarch],
    ['libc', target.libc ?? ''],
  ]);
  const name = template.replace(/([-_.]?)\{([^{}]*)\}/g, (_, separator: string, variable: string) => {
    const value = values.get(variable);
    if (value === undefined) throw unknownVariable(template, variable, [...values.keys()]);
    return value === '' ? '' : separator + value;
  });
  if (!/^[a-z0-9][a-z0-9._+-]{0,199}$/i.test(name)) {
    throw new SlipwayError('CONFIG_INVALID', `archive: the name "${template}" gives "${name}", which cannot be a file name everywhere`, {
      hint: 'Use letters, digits, dot, hyphen, underscore and variables in braces.',
    });
  }
  return name;
}

function unknownVariable(template: string, variable: string, known: readonly string[]): SlipwayError {
  return new SlipwayError('CONFIG_INVALID', `archive: the name "${template}" uses {${variable}}, which is no variable.${didYouMean(variable, known)}`, {
    hint: `The variables are ${known.map((name) => `{${name}}`).join(' ')}.`,
  });
}
