// The search of the website: Pagefind over pairs of characters, a bundle a year.
// Each word is a phrase of its pairs; several words are several searches, of which all must find a page.

const said = document.getElementById("said");
const list = document.getElementById("results");
const more = document.getElementById("more");
const here = new URL("../", location.href); // of the website; this page is /search/
const A_PAGE = 20;

const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

const pairs = (word) => {
  const letters = [...folded(word)];
  if (letters.length < 2) return letters.join("");
  return `"${letters.slice(0, -1).map((letter, at) => letter + letters[at + 1]).join(" ")}"`;
};

// A bundle is a module of its own, so that years are asked one after the other, the newest first, and what they
// find is in the order of days.
const opened = (async () => {
  const years = said.dataset.years.split(" ").filter(Boolean);
  const page = document.documentElement;
  const language = page.lang;
  page.lang = "zxx"; // of the pairs: by the page's own Pagefind would part the query into words it knows
  try {
    return await Promise.all(
      years.map(async (year) => {
        const bundle = await import(new URL(`pagefind/${year}/pagefind.js`, here).href);
        await bundle.options({ baseUrl: here.pathname, noWorker: true }); // one worker would serve one bundle
        await bundle.init();
        return bundle;
      }),
    );
  } finally {
    page.lang = language;
  }
})();

async function found(bundles, words) {
  const pages = [];
  for (const bundle of bundles) {
    let kept = null;
    for (const word of words) {
      if (kept?.length === 0) break;
      const { results } = await bundle.search(pairs(word), { sort: { date: "desc" } });
      const ids = new Set(results.map((result) => result.id));
      kept = kept === null ? results : kept.filter((result) => ids.has(result.id));
    }
    pages.push(...(kept ?? []));
  }
  return pages;
}

function joined(content) {
  const tokens = content.trim().split(/\s+/).map((token) => [...token]);
  return tokens
    .map(([first, second = ""], at) => {
      const next = tokens[at + 1];
      return next && next[0] === second ? first : `${first}${second} `;
    })
    .join("");
}

function snippet(content, words) {
  const text = joined(content);
  const wanted = words.map(folded).filter(Boolean);
  const places = wanted.map((word) => text.indexOf(word)).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, text.length) - 30);
  const shown = document.createElement("p");
  shown.className = "snippet";
  let rest = text.slice(start, start + 120);
  if (start) shown.append("…");
  while (rest) {
    const next = wanted
      .map((word) => [rest.indexOf(word), word])
      .filter(([place]) => place >= 0)
      .sort((a, b) => a[0] - b[0] || b[1].length - a[1].length)[0];
    if (!next) break;
    const mark = document.createElement("mark");
    mark.textContent = next[1];
    shown.append(rest.slice(0, next[0]), mark);
    rest = rest.slice(next[0] + next[1].length);
  }
  shown.append(rest);
  return shown;
}

async function show(results, words) {
  const pages = await Promise.all(results.splice(0, A_PAGE).map((result) => result.data()));
  for (const page of pages) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.className = "title";
    link.href = new URL(page.meta.address, here).href;
    link.textContent = page.meta.title;
    const about = document.createElement("p");
    about.className = "about";
    about.textContent = `${page.meta.day}　${page.meta.site}`;
    row.append(link, snippet(page.raw_content ?? page.content, words), about);
    list.append(row);
  }
  more.hidden = !results.length;
}

const query = new URL(location.href).searchParams.get("q")?.trim() ?? "";
document.getElementById("q").value = query;
const words = (query.match(/"[^"]+"|“[^”]+”|\S+/g) ?? []).filter((word) => folded(word));
if (words.length) {
  said.textContent = "…";
  try {
    const results = await found(await opened, words);
    said.textContent = results.length ? `${results.length} 条结果` : "没有找到。";
    more.addEventListener("click", () => show(results, words));
    await show(results, words);
  } catch (error) {
    said.textContent = `检索失败：${error.message}`;
  }
  document.body.dataset.searched = "";
}
