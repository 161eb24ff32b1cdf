// Reads front matter as Hexo does: an array of documents as JSON on stdin, an array of their values on stdout.
// argument: the folder of a Hexo site
'use strict';

const fs = require('fs');
const path = require('path');
const { parse } = require(path.join(process.argv[2], 'node_modules', 'hexo-front-matter'));

const documents = JSON.parse(fs.readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(documents.map((text) => parse(text))));
