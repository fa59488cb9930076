// A page whose training runs in two Workers at once.
const results = [1, 2].map(
  () =>
    new Promise((resolve) => {
      const worker = new Worker(new URL("./steps.js", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ error: message });
    }),
);
Promise.all(results).then((found) => {
  document.title = JSON.stringify(found);
});
