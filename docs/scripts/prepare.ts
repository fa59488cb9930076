// What the site is made of beside the guides: the API reference, the figures and the playground, all made anew from the source.
import "./api.js";
import "./figures.js";
import "./playground.js";
