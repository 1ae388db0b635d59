/** The text of a formula, in the order that `brew style` asks for (docs.brew.sh/Formula-Cookbook). */
import { type Executable, ownerMarkerSchema, type Release, type ReleaseFile } from '@slipway/core';
import { digestMark } from '../manifest/digest-text.ts';
import { githubRepository } from '../manifest/download.ts';
import type { Offer } from '../manifest/offer.ts';
import { gatheredNotices, noticesName } from '../notices-entry.ts';
import type { HomebrewOptions } from './options.ts';
import { block, formulaClass, indented, paragraphs, quoted, rubyLicense } from './ruby.ts';

export function formula(release: Release, offers: readonly Offer[], chosen: HomebrewOptions): string {
  const body = paragraphs([
    about(release),
    livecheck(release),
    system(offers, 'macos', 'linux'),
    system(offers, 'linux', 'macos'),
    ['def install', ...indented(install(release)), 'end'],
    service(release.executable, chosen),
    block('test', [testLine(release.executable, chosen)]),
  ]);
  const lines = ['# typed: false', '# frozen_string_literal: true', '', `class ${formulaClass(release.product.name)} < Formula`, ...indented(body), 'end', ''];
  return lines.join('\n');
}

function about({ product }: Release): readonly string[] {
  const homepage = product.homepage ?? product.repository;
  const license = product.license === undefined ? undefined : rubyLicense(product.license);
  return [
    `desc ${quoted(product.description === '' ? product.name : product.description.replace(/\.$/, ''))}`,
    ...(homepage === undefined ? [] : [`homepage ${quoted(homepage)}`]),
    `version ${quoted(product.version.text)}`,
    ...(license === undefined ? [] : [`license ${license}`]),
  ];
}

function livecheck({ product }: Release): readonly string[] {
  const github = githubRepository(product);
  return github === undefined ? [] : block('livecheck', [`url ${quoted(github.url)}`, 'strategy :github_latest']);
}

/** The archives of one system, or that there is none for it. */
function system(offers: readonly Offer[], os: 'macos' | 'linux', other: 'macos' | 'linux'): readonly string[] {
  const own = offers.filter(({ target }) => target.homebrew?.os === os);
  if (own.length === 0) return [`depends_on :${other}`];
  const [only, ...more] = own;
  const needed = only !== undefined && more.length === 0 ? [`depends_on arch: :${only.target.homebrew?.arch === 'arm' ? 'arm64' : 'x86_64'}`] : [];
  const downloads = (['arm', 'intel'] as const).map((arch) => own.filter(({ target }) => target.homebrew?.arch === arch).flatMap(download));
  return block(`on_${os}`, paragraphs([needed, ...downloads.map((lines, index) => (lines.length === 0 ? [] : block(index === 0 ? 'on_arm' : 'on_intel', lines)))]));
}

function download({ url, archive }: Offer): readonly string[] {
  return [`url ${quoted(url)}`, `sha256 "${digestMark(archive.id)}"`];
}

function install(release: Release): readonly string[] {
  const { name, aliases } = release.executable;
  return [
    `bin.install ${quoted(name)}`,
    ...aliases.map((alias) => `bin.install_symlink ${quoted(name)} => ${quoted(alias)}`),
    ...release.files.flatMap((file) => installFile(file, name)),
    ...(release.builds.some((build) => gatheredNotices(release, build) !== undefined) ? [`prefix.install ${quoted(noticesName)}`] : []),
    '(prefix/"owner.json").write <<~JSON',
    ...indented(JSON.stringify(marker(release), null, 2).split('\n')),
    'JSON',
  ];
}

/** Homebrew itself keeps READMEs, licences and changelogs; other files go where it keeps data. */
function installFile({ role, path }: ReleaseFile, name: string): readonly string[] {
  const source = quoted(path);
  switch (role) {
    case 'bash-completion':
      return [`bash_completion.install ${source} => ${quoted(name)}`];
    case 'zsh-completion':
      return [`zsh_completion.install ${source} => ${quoted(`_${name}`)}`];
    case 'fish-completion':
      return [`fish_completion.install ${source} => ${quoted(`${name}.fish`)}`];
    case 'powershell-completion':
      return [`pwsh_completion.install ${source} => ${quoted(`_${name}.ps1`)}`];
    case 'man':
      return [`man${path.at(-1)}.install ${source}`];
    case 'notices':
      return [`prefix.install ${source}`];
    case 'extra': {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      return [folder === '' ? `pkgshare.install ${source}` : `(pkgshare/${quoted(folder)}).install ${source}`];
    }
    default:
      return [];
  }
}

/** docs/formats/owner.md: at the root of the keg, which is `../owner.json` from the executable. */
function marker({ product }: Release) {
  const formulaName = product.name.toLowerCase();
  return ownerMarkerSchema.parse({
    format: 1, owner: 'homebrew', name: product.name, version: product.version.text, package: formulaName, upgrade: ['brew', 'upgrade', formulaName],
  });
}

function service({ name, aliases }: Executable, chosen: HomebrewOptions): readonly string[] {
  const daemon = chosen.service ?? aliases.find((alias) => alias === `${name}d`) ?? false;
  if (daemon === false) return [];
  return block('service', [`run [opt_bin/${quoted(daemon)}]`, 'keep_alive true', `log_path var/${quoted(`log/${daemon}.log`)}`, `error_log_path var/${quoted(`log/${daemon}.log`)}`]);
}

function testLine({ name }: Executable, { test }: HomebrewOptions): string {
  if (test !== undefined) return `system bin/${quoted(name)}, ${test.map(quoted).join(', ')}`;
  return `assert_match version.to_s, shell_output("#{bin}/${name} --version")`;
}
