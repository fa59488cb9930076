// The Worker: a session that the page calls through messages.
import { expose } from "comlink";
import { createSession } from "./create-session.js";

expose(createSession());
