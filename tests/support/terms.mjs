// Terms of art that are explained where they stand.

// What is said of a term, where it is shown.
export const says = (page) => page.locator(".gloss:visible");

// Where it is, as far as that is outside of the page; and whether it lies over its word.
export const misplaced = (page) =>
  says(page).evaluate((element) => {
    const box = element.getBoundingClientRect();
    const word = document.querySelector(`[aria-describedby=${element.id}]`).getBoundingClientRect();
    const isCutOff = [[0.5, 0], [0.5, 1], [0, 0.5], [1, 0.5]].some(
      ([x, y]) => !element.contains(document.elementFromPoint(box.left + 2 + x * (box.width - 4), box.top + 2 + y * (box.height - 4))),
    );
    return {
      outside: box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight,
      over: box.top < word.bottom && word.top < box.bottom,
      isCutOff,
    };
  });
export const wellPlaced = { outside: false, over: false, isCutOff: false };
