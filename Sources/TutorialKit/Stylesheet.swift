/// How the page looks: a book's measure and leading, quiet code, output set apart by a thin rule.
let stylesheet = """
  :root {
    --ink: #1d1f23; --quiet: #62676f; --faint: #8b9099; --paper: #ffffff; --code: #f6f5f2;
    --rule: #dddbd4; --strong-rule: #b9b6ad; --link: #0b5cad; --accent: #9a6b00;
    --note: #f1f5fa; --bad: #a8321a; --bad-paper: #fcf0ed;
    --keyword: #8b2f7d; --string: #a03d1e; --number: #1b5fa8; --type: #1f6a5b; --comment: #737881;
    --text: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans",
      "Liberation Sans", Arial, sans-serif;
    --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Cascadia Mono",
      "DejaVu Sans Mono", "Liberation Mono", monospace;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ink: #dcdee2; --quiet: #a3a8b1; --faint: #7d828c; --paper: #16181c; --code: #1e2126;
      --rule: #33373e; --strong-rule: #50555e; --link: #7db6f2; --accent: #d9ab4a;
      --note: #1c242e; --bad: #f0937d; --bad-paper: #2d1d1a;
      --keyword: #d59bd0; --string: #e0a286; --number: #8ebdf0; --type: #86c9b8; --comment: #8a909a;
    }
    figure:not(.pixels) img { background: #fff; padding: 10px; border-radius: 6px; }
  }
  * { box-sizing: border-box; }
  html { font-size: 17px; scroll-padding-top: 2rem; -webkit-text-size-adjust: 100%; }
  body {
    margin: 0; background: var(--paper); color: var(--ink);
    font: 1rem/1.62 var(--text); font-kerning: normal; text-rendering: optimizeLegibility;
  }
  main {
    max-width: 70ch; margin: 0 auto; padding: 4.5rem 1.5rem 8rem; overflow-wrap: break-word;
    hanging-punctuation: first;
  }
  main > p, main li, figcaption, .note p { text-wrap: pretty; }
  h1, h2, h3, h4 { line-height: 1.22; font-weight: 650; text-wrap: balance; letter-spacing: -.011em; }
  h1 { font-size: 2.35rem; line-height: 1.12; margin: 0 0 1.6rem; letter-spacing: -.022em; }
  h2 { font-size: 1.5rem; margin: 3.6rem 0 .9rem; }
  h3 { font-size: 1.14rem; margin: 2.4rem 0 .6rem; }
  h4 { font-size: 1rem; margin: 2rem 0 .4rem; }
  h1 + p { font-size: 1.16rem; line-height: 1.55; color: var(--quiet); margin-bottom: 2rem; }
  p, ul, ol, blockquote { margin: 0 0 1.1rem; }
  ul, ol { padding-left: 1.4rem; }
  li + li { margin-top: .3rem; }
  a { color: var(--link); text-decoration-thickness: .06em; text-underline-offset: .17em; }
  hr { border: 0; border-top: 1px solid var(--rule); margin: 3rem 0; }
  blockquote { padding-left: 1.1rem; border-left: 2px solid var(--strong-rule); color: var(--quiet); }
  code, pre, samp { font-family: var(--mono); font-variant-ligatures: none; }
  code { font-size: .88em; background: var(--code); padding: .1em .3em; border-radius: 4px; }
  pre { font-size: .8rem; line-height: 1.58; margin: 0; overflow-x: auto; tab-size: 2; }
  pre code, pre samp { font-size: inherit; background: none; padding: 0; }
  pre:not(.output):not(.failure) { background: var(--code); border-radius: 7px; padding: .95rem 1.15rem; }
  main > pre { margin: 0 0 1.3rem; }
  .cell { margin: 1.5rem 0 2.1rem; }
  .cell > * + * { margin-top: .95rem; }
  .output {
    margin-left: 1.15rem; padding: .1rem 0 .1rem 1rem; border-left: 2px solid var(--rule);
    color: var(--quiet); font-size: .78rem;
  }
  .cut > * { margin-top: 0; }
  .omitted {
    margin: 0 0 0 1.15rem; padding: .45rem 0 .45rem 1rem; border-left: 2px dotted var(--strong-rule);
    font-size: .8rem; color: var(--faint);
  }
  .k { color: var(--keyword); } .s { color: var(--string); } .n { color: var(--number); }
  .t { color: var(--type); } .c { color: var(--comment); font-style: italic; }
  .table { overflow-x: auto; margin: 1.4rem 0; }
  .cell .table { margin-left: 1.15rem; }
  table {
    border-collapse: collapse; font-size: .86rem; line-height: 1.45;
    font-variant-numeric: tabular-nums lining-nums;
    border-top: 1.5px solid var(--strong-rule); border-bottom: 1.5px solid var(--strong-rule);
  }
  th { font-weight: 600; border-bottom: 1px solid var(--strong-rule); }
  th:not([align]) { text-align: left; }
  th, td { padding: .38rem 1.5rem .38rem 0; vertical-align: baseline; }
  th:last-child, td:last-child { padding-right: .2rem; }
  td[align="right"] { white-space: nowrap; }
  tr + tr td { border-top: 1px solid var(--rule); }
  figure { margin: 1.9rem 0 2.2rem; }
  .cell > figure { margin-top: 1.6rem; }
  figure a { display: block; }
  figure img { display: block; max-width: 100%; height: auto; }
  .pixels img { image-rendering: pixelated; }
  figcaption {
    max-width: 68ch; margin-top: .8rem; font-size: .84rem; line-height: 1.5; color: var(--quiet);
  }
  figcaption b { color: var(--ink); font-weight: 600; }
  .note {
    background: var(--note); border-radius: 7px; padding: .8rem 1.15rem; font-size: .93rem;
  }
  .note > :last-child, blockquote > :last-child { margin-bottom: 0; }
  .failure, .missing {
    background: var(--bad-paper); color: var(--bad); border-left: 3px solid var(--bad);
    padding: .8rem 1.15rem; border-radius: 0 7px 7px 0; font-size: .8rem; white-space: pre-wrap;
  }
  .formula { overflow-x: auto; overflow-y: hidden; padding: .25rem 0; margin: 1.3rem 0; text-align: center; }
  math {
    font-size: 1.06em; font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math",
      "DejaVu Math TeX Gyre", math;
  }
  mtable[columnalign^="right left"] mtd:nth-child(odd) {
    text-align: right; text-align: -webkit-right; padding-right: .12em;
  }
  mtable[columnalign^="right left"] mtd:nth-child(even) { padding-left: .12em; }
  mtable[columnalign^="right left"] mtd:nth-child(even), mtable[columnalign="left"] mtd {
    text-align: left;
  }
  .kept { white-space: nowrap; }
  .tex { background: none; padding: 0; }
  nav { font-size: .82rem; line-height: 1.4; }
  nav ol { list-style: none; margin: 0; padding: 0; }
  nav li { margin: .42rem 0; }
  nav .level3 { padding-left: 1rem; }
  nav a { color: var(--quiet); text-decoration: none; }
  nav a:hover { color: var(--link); }
  footer {
    margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--rule);
    font-size: .8rem; color: var(--quiet);
  }
  .watermark {
    position: sticky; top: 0; z-index: 1; margin: 0; padding: .5rem 1.2rem; text-align: center;
    font-size: .8rem; line-height: 1.4; background: var(--paper); color: var(--accent);
    border-bottom: 1px solid var(--accent);
  }
  @media (min-width: 1240px) {
    nav { position: fixed; top: 5.2rem; left: max(2rem, calc(50vw - 35ch - 16.5rem)); width: 13.5rem;
      max-height: calc(100vh - 7rem); overflow-y: auto; }
    pre.code { margin-left: -1.15rem; width: 50.5rem; }
    pre.output { box-sizing: border-box; width: 49.35rem; }
    .output, .omitted, .cell .table { margin-left: 0; }
    .output, .failure { width: 49.35rem; }
    .cell .table { width: max-content; min-width: min(100%, 49.35rem); max-width: 49.35rem; }
  }
  @media (max-width: 1239px) {
    nav { max-width: 70ch; margin: 0 auto; padding: 1.6rem 1.5rem 0; }
    nav ol { display: flex; flex-wrap: wrap; gap: .1rem 1.3rem; }
    nav .level3 { display: none; }
    main { padding-top: 2.4rem; }
  }
  @media (max-width: 600px) {
    html { font-size: 16px; }
    main { padding: 1.8rem 1.1rem 5rem; }
    nav { padding: 1.2rem 1.1rem 0; }
    h1 { font-size: 1.8rem; }
    h2 { font-size: 1.32rem; margin-top: 2.8rem; }
    pre:not(.output):not(.failure) { margin-left: -1.1rem; margin-right: -1.1rem; border-radius: 0;
      padding: .9rem 1.1rem; }
    .output, .omitted, .cell .table { margin-left: 0; }
    figure:not(.pixels) a { margin: 0 -1.1rem; }
    figure:not(.pixels) img { border-radius: 0; }
    .pixels:not(.enlarged) img { image-rendering: auto; }
  }
  @media print {
    nav { display: none; }
    body.quick .watermark { position: fixed; left: 0; right: 0; }
    main { max-width: none; padding: 0; }
    pre { white-space: pre-wrap; }
    .cell, figure { break-inside: avoid; }
  }

  """
