// Wakes the islands in document order: an island's own children, rendered by the server, come after it.
// This is what Leptos' HydrationScripts does for islands, without its router.
const bundle = await import(js);
await bundle.default({ module_or_path: wasm });
bundle.hydrate();
const owners = [];
const wakeIsland = async (element, name) => {
  owners.at(-1)?.();
  if (bundle[name]) await bundle[name](element);
  else console.error(`The browser bundle has no island ${name}: build it anew from the same source as the server.`);
};
const wake = async element => {
  if (element.localName === "leptos-island") await wakeIsland(element, element.dataset.component);
  const isChildren = element.localName === "leptos-children";
  if (isChildren) owners.push(element.$$on_hydrate);
  for (const child of element.children) await wake(child);
  if (isChildren) owners.pop();
};
window.__hydrateIsland = wakeIsland;
await wake(document.body);
document.documentElement.dataset.awake = "";
