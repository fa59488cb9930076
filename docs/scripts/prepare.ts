// What the site is made of beside the guides: the API reference and the figures, both made anew from the source.
import "./api.js";
import "./figures.js";
