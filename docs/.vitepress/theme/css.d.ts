// Vite turns a style sheet into part of the page; TypeScript only has to let it be imported.
declare module "*.css";
