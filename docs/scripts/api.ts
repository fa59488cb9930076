// The API reference: Markdown from the docstrings of every public package. With --check it writes nothing and names what has no docstring.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Application,
  type DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
  type TypeDocOptions,
} from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = join(root, "packages");

interface Manifest {
  name: string;
  private?: boolean;
  description?: string;
  exports?: Record<string, string | Record<string, string>>;
}

interface EntryPoint {
  source: string;
  /** What the package is for. */
  description: string;
}

/** What the entry points beside a package's main one are for. */
const partDescriptions: Record<string, string> = {
  "./events": "Schemas of the events",
  "./info": "The facts alone, without images",
  "./node": "The part of it that needs a file system",
  "./folder": "The part of it that needs a file system",
  "./recipe": "From settings to model, optimizer, schedule and loaders, and the presets",
};

/** The source of each entry point of the public packages, by what a program imports: "@mlpconv/runs/node". */
const findEntryPoints = (): Map<string, EntryPoint> => {
  const entries = new Map<string, EntryPoint>();
  for (const folder of readdirSync(packages)) {
    const path = join(packages, folder, "package.json");
    if (!existsSync(path)) continue;
    const manifest: Manifest = JSON.parse(readFileSync(path, "utf8"));
    if (manifest.private) continue;
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      const source = typeof target === "object" ? target["@mlpconv/source"] : undefined;
      if (!source) continue;
      entries.set(`${manifest.name}${subpath.slice(1)}`, {
        source: resolve(packages, folder, source),
        description: partDescriptions[subpath] ?? `${manifest.description}`,
      });
    }
  }
  return entries;
};

const entryPoints = findEntryPoints();

const options: TypeDocOptions & Partial<PluginOptions> = {
  plugin: ["typedoc-plugin-markdown"],
  tsconfig: join(root, "docs", "tsconfig.api.json"),
  // Subpaths before their package: the page of "@mlpconv/runs/recipe" would otherwise be renamed, because "@mlpconv/runs" has a type Recipe.
  entryPoints: [...entryPoints.values()].map(({ source }) => source).toReversed(),
  sortEntryPoints: false,
  outputs: [{ name: "markdown", path: join(root, "docs", "api") }],
  basePath: root,
  readme: "none",
  name: "API",
  githubPages: false,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  sourceLinkTemplate: "https://github.com/mlpconv/mlpconv/blob/main/packages/{path}#L{line}",
  disableGit: true,
  sort: ["source-order"],
  groupOrder: ["Functions", "Variables", "Classes", "Interfaces", "Type Aliases"],
  tableColumnSettings: {
    hideSources: true,
    hideInherited: true,
    hideModifiers: true,
    hideDefaults: true,
    hideOverrides: true,
  },
  logLevel: "Warn",
  // Types that a signature names and no package exports (tfjs's, options of the internals) are no fault. What has no docstring is found
  // below: typedoc's own check also wants one for each member of a type that is written in place.
  validation: { notExported: false, invalidLink: true, notDocumented: false },
  router: "module",
  entryFileName: "index",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  // VitePress reads pages as Vue templates: <name> in a sentence would be an element.
  sanitizeComments: true,
  useCodeBlocks: true,
  expandParameters: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
  propertyMembersFormat: "table",
  enumMembersFormat: "table",
};

/** A module is called as it is imported, not after its file. */
const nameModules = (project: ProjectReflection): void => {
  const names = new Map([...entryPoints].map(([name, { source }]) => [relative(root, source), name]));
  for (const module of project.children ?? []) {
    const file = [...names.keys()].find((path) => path.replace(/(\/index)?\.ts$/, "") === module.name);
    if (file) module.name = names.get(file)!;
  }
};

/** What must say what it is: whatever is exported, and the members of exported classes and interfaces. */
const kinds =
  ReflectionKind.Function |
  ReflectionKind.Variable |
  ReflectionKind.Class |
  ReflectionKind.Interface |
  ReflectionKind.TypeAlias |
  ReflectionKind.Property |
  ReflectionKind.Method |
  ReflectionKind.Accessor;

/** An error's `name`, the literal that tells events apart, arrays by their dtype. */
const speaksForItself = ({ type, parent }: DeclarationReflection): boolean =>
  type?.type === "literal" || parent?.name === "DtypeArrays";

const isDocumented = (member: DeclarationReflection): boolean =>
  [member, member.getSignature, ...(member.signatures ?? [])].some((each) => each?.hasComment());

/** Members of types that are written in place are described where the type is used. */
const isOfAName = ({ parent }: DeclarationReflection): boolean =>
  parent?.kindOf([ReflectionKind.Module, ReflectionKind.Class, ReflectionKind.Interface]) ?? false;

const withoutDocs = (project: ProjectReflection): string[] =>
  project
    .getReflectionsByKind(kinds)
    .filter((each): each is DeclarationReflection => each.isDeclaration())
    .filter((each) => isOfAName(each) && !each.inheritedFrom && !speaksForItself(each) && !isDocumented(each))
    .map((each) => `${each.getFullName()}, in ${each.sources?.[0]?.fileName}:${each.sources?.[0]?.line}`);

/** typedoc has no name for an argument that the signature takes apart; here it is always the options. */
const nameOptions = (project: ProjectReflection): void => {
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
    if (parameter.name === "__namedParameters") parameter.name = "options";
};

const indexPage = (): string =>
  [
    "# API",
    "",
    "Made from the doc comments of the source. Images are [batch, height, width, channels], filters [height, width, in, out]; losses are in",
    "nats, accuracies shares from 0 to 1.",
    "",
    "| import from | what it is |",
    "| --- | --- |",
    ...[...entryPoints].map(([name, { description }]) => `| [\`${name}\`](./${name}.md) | ${description} |`),
    "",
  ].join("\n");

const app = await Application.bootstrapWithPlugins(options);
const warn = app.logger.warn.bind(app.logger) as (text: string, ...place: unknown[]) => void;
// A type that derives from a valibot schema has each field, and its comment, from two sides of an intersection.
app.logger.warn = (text: string, ...place: unknown[]) => {
  if (!text.includes("has multiple declarations with a comment")) warn(text, ...place);
};
const project = await app.convert();
if (!project) process.exit(1);
nameModules(project);
nameOptions(project);
app.validate(project);
const missing = withoutDocs(project);
if (missing.length > 0) {
  console.error(
    `docs: expected every public symbol to have a doc comment, got ${missing.length} without; say what each is, its shapes, units and errors:`,
  );
  for (const line of missing) console.error(`  ${line}`);
}
if (missing.length > 0 || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
if (!process.argv.includes("--check")) {
  await app.generateOutputs(project);
  writeFileSync(join(root, "docs", "api", "index.md"), indexPage());
}
