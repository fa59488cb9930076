// The site: what is in its menus, its two languages, its search. Everything it shows is served by itself.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig } from "vitepress";

const repository = "https://github.com/mlpconv/mlpconv";

/** The reference's pages, as `scripts/api.ts` left them. */
const apiPages = (): DefaultTheme.SidebarItem[] => {
  const folder = fileURLToPath(new URL("../api", import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.startsWith("@mlpconv/") && path.endsWith(".md"))
    .map((path) => path.slice(0, -".md".length))
    .toSorted()
    .map((name) => ({ text: name.slice("@mlpconv/".length), link: `/api/${name}` }));
};

const guides: DefaultTheme.SidebarItem[] = [
  {
    text: "Use",
    items: [
      { text: "Getting started", link: "/guide/getting-started" },
      { text: "Five minutes to a page", link: "/guide/five-minutes" },
      { text: "Your own pictures", link: "/guide/your-own-pictures" },
      { text: "Fine-tune, prolong, stop", link: "/guide/fine-tune" },
      { text: "Playground", link: "/guide/playground" },
      { text: "Train, compare, export", link: "/guide/train-compare-export" },
      { text: "Many machines", link: "/guide/many-machines" },
      { text: "Choosing an engine", link: "/guide/engines" },
      { text: "From PyTorch and d2l", link: "/guide/from-pytorch" },
      { text: "NiN's plateau", link: "/guide/plateau" },
      { text: "Performance", link: "/guide/performance" },
      { text: "Troubleshooting", link: "/guide/faq" },
      { text: "Glossary", link: "/guide/glossary" },
    ],
  },
  {
    text: "Extend",
    items: [
      { text: "A new layer", link: "/guide/new-layer" },
      { text: "A new model", link: "/guide/new-model" },
      { text: "A new engine", link: "/guide/new-engine" },
    ],
  },
];

/** Chinese has no spaces: each of its characters is a word to the search. */
const tokenize = (text: string): string[] => text.match(/\p{Script=Han}|[^\s\p{P}\p{Script=Han}]+/gu) ?? [];

export default defineConfig({
  title: "mlpconv",
  description: "Train, compare and understand classic CNN image classifiers from TypeScript",
  base: process.env.DOCS_BASE ?? "/",
  cleanUrls: true,
  lastUpdated: false,
  srcExclude: ["README.md"],
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${process.env.DOCS_BASE ?? "/"}icon.svg` }]],
  locales: {
    root: { label: "English", lang: "en" },
    zh: {
      label: "简体中文",
      lang: "zh-Hans",
      description: "用 TypeScript 训练、比较和理解经典的卷积图像分类网络",
      themeConfig: {
        nav: [
          { text: "快速上手", link: "/zh/guide/getting-started" },
          { text: "更多指南（英文）", link: "/guide/engines" },
          { text: "API（英文）", link: "/api/" },
        ],
        sidebar: {
          "/zh/": [
            {
              text: "使用",
              items: [
                { text: "快速上手", link: "/zh/guide/getting-started" },
                { text: "五分钟：从训练到网页", link: "/zh/guide/five-minutes" },
                { text: "您自己的图片", link: "/zh/guide/your-own-pictures" },
                { text: "微调、延长、停止", link: "/zh/guide/fine-tune" },
                { text: "练习场", link: "/zh/guide/playground" },
                { text: "训练、比较、导出", link: "/zh/guide/train-compare-export" },
                { text: "多台机器", link: "/zh/guide/many-machines" },
                { text: "从 PyTorch 和 d2l 出发", link: "/zh/guide/from-pytorch" },
                { text: "NiN 的平台期", link: "/zh/guide/plateau" },
                { text: "术语", link: "/zh/guide/glossary" },
              ],
            },
          ],
        },
        outline: { level: [2, 3], label: "本页目录" },
        docFooter: { prev: "上一页", next: "下一页" },
        darkModeSwitchLabel: "外观",
        lightModeSwitchTitle: "切换到浅色主题",
        darkModeSwitchTitle: "切换到深色主题",
        sidebarMenuLabel: "菜单",
        returnToTopLabel: "回到顶部",
        langMenuLabel: "切换语言",
        skipToContentLabel: "跳到正文",
      },
    },
  },
  themeConfig: {
    nav: [
      { text: "Guide", link: "/guide/getting-started", activeMatch: "^/guide/" },
      { text: "API", link: "/api/", activeMatch: "^/api/" },
    ],
    sidebar: {
      "/guide/": guides,
      "/api/": [{ text: "API", link: "/api/", items: apiPages() }],
    },
    outline: { level: [2, 3] },
    socialLinks: [{ icon: "github", link: repository }],
    search: {
      provider: "local",
      options: {
        miniSearch: { options: { tokenize } },
        locales: {
          zh: {
            translations: {
              button: { buttonText: "搜索", buttonAriaLabel: "搜索" },
              modal: {
                noResultsText: "没有找到",
                resetButtonTitle: "清空",
                footer: { selectText: "打开", navigateText: "选择", closeText: "关闭" },
              },
            },
          },
        },
      },
    },
    footer: { message: "Apache-2.0" },
  },
});
