// Renders posts as Hexo does: an array of Markdown as JSON on stdin, an array of HTML on stdout.
// argument: the folder of a Hexo site
'use strict';

const fs = require('fs');
const path = require('path');
const Hexo = require(path.join(process.argv[2], 'node_modules', 'hexo'));

async function main() {
  const hexo = new Hexo(process.argv[2], { silent: true });
  await hexo.init();
  const rendered = [];
  for (const content of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    const post = await hexo.post.render(null, { content, engine: 'markdown' });
    rendered.push(post.content);
  }
  await hexo.exit();
  process.stdout.write(JSON.stringify(rendered));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
