// The store, for every part of the page.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Store } from "./store/store.js";

export const StoreContext = createContext<Store | undefined>(undefined);

export const useStore = (): Store => useContext(StoreContext)!;
