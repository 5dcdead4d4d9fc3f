// @ts-check
/** Pictures as they are drawn for the room that they have on the page, and for its theme. */

import { current } from "./theme.js";

/** @import { PictureBlock } from "./types" */

/** Where a picture has less room than this, in pixels, the one that is drawn for a phone is easier to read. */
const NARROW_BELOW = 500;

/** What each frame shows: its image, the picture, and who wants to know its address. */
/** @type {WeakMap<Element, { image: HTMLImageElement, block: PictureBlock, told: (url: string) => void }>} */
const frames = new WeakMap();

const rooms = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) if (contentRect.width) show(target, contentRect.width);
});

document.addEventListener("themechange", () => {
  for (const frame of document.querySelectorAll("[data-picture]")) show(frame, frame.clientWidth);
});

/**
 * Let an image in a frame follow the frame's width and the theme. What a server cannot draw again stays as it is.
 * @param {HTMLElement} frame
 * @param {HTMLImageElement} image
 * @param {PictureBlock} block
 * @param {(url: string) => void} told is given the address of what is shown
 */
export function follow(frame, image, block, told = () => {}) {
  if (!block.sizes) {
    image.src = block.url;
    return;
  }
  frame.dataset.picture = "";
  frames.set(frame, { image, block, told });
  rooms.observe(frame);
}

/** @param {Element} frame @param {number} room */
function show(frame, room) {
  const known = frames.get(frame);
  if (!known?.block.sizes) return;
  const { image, block, told } = known;
  const narrow = room < NARROW_BELOW;
  const url = `${block.url}?width=${narrow ? "narrow" : "wide"}&ground=${current()}`;
  if (image.getAttribute("src") === url) return;
  const [width, height] = known.block.sizes[narrow ? 1 : 0];
  image.width = width;
  image.height = height;
  image.dataset.width = narrow ? "narrow" : "wide";
  image.src = url;
  told(url);
}
