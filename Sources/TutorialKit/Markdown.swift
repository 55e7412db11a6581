import CNeuronikaMarkGFM
import Foundation

/// Markdown to HTML by libcmark-gfm, with what a page needs besides: anchors on headings, a frame
/// around tables, images by way of a closure.
package struct Markdown {
  package struct Heading: Equatable {
    package var level: Int
    /// As HTML, without the heading's own tags.
    package var html: String
    package var anchor: String
  }

  package private(set) var html = ""
  package private(set) var headings: [Heading] = []
  package private(set) var links: [String] = []
  package private(set) var images: [String] = []

  /// - Parameters:
  ///   - anchors: those taken already; a repeated heading gets a number.
  ///   - source: gives the address an image gets instead of its own.
  package init(
    _ text: String, anchors: inout [String: Int], source: (String) -> String? = { _ in nil }
  ) {
    cmark_gfm_core_extensions_ensure_registered()
    guard let parser = cmark_parser_new(CMARK_OPT_SMART) else { return }
    defer { cmark_parser_free(parser) }
    if let tables = cmark_find_syntax_extension("table") {
      cmark_parser_attach_syntax_extension(parser, tables)
    }
    cmark_parser_feed(parser, text, text.utf8.count)
    guard let root = cmark_parser_finish(parser) else { return }
    defer { cmark_node_free(root) }
    visit(root, source)
    let extensions = cmark_parser_get_syntax_extensions(parser)
    var block = cmark_node_first_child(root)
    while let node = block {
      if let rendered = cmark_render_html(node, CMARK_OPT_SMART, extensions) {
        take(String(cString: rendered), node, &anchors)
        free(rendered)
      }
      block = cmark_node_next(node)
    }
  }

  private mutating func take(
    _ rendered: String, _ node: OpaquePointer, _ anchors: inout [String: Int]
  ) {
    switch String(cString: cmark_node_get_type_string(node)) {
    case "heading":
      let level = Int(cmark_node_get_heading_level(node))
      let inner = rendered.dropFirst(4).prefix { $0 != "\n" }.dropLast(5)
      var anchor = Self.anchor(Self.plain(node))
      let used = anchors[anchor, default: 0]
      anchors[anchor] = used + 1
      if used > 0 { anchor += "-\(used)" }
      headings.append(Heading(level: level, html: String(inner), anchor: anchor))
      html += "<h\(level) id=\"\(escaped(anchor))\">\(inner)</h\(level)>\n"
    case "table":
      html += "<div class=\"table\">\(rendered)</div>\n"
    case "code_block" where cmark_node_get_fence_info(node).map { String(cString: $0) } == "swift":
      let code = cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
      html += "<pre class=\"code\"><code>\(SwiftHighlighter.html(code))</code></pre>\n"
    default: html += rendered
    }
  }

  private mutating func visit(
    _ root: OpaquePointer, _ source: (String) -> String?
  ) {
    guard let iterator = cmark_iter_new(root) else { return }
    defer { cmark_iter_free(iterator) }
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return }
      guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
      let type = cmark_node_get_type(node)
      guard type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE,
        let url = cmark_node_get_url(node).map({ String(cString: $0) })
      else { continue }
      if type == CMARK_NODE_LINK {
        links.append(url)
      } else {
        images.append(url)
        cmark_node_set_url(node, source(url) ?? url)
      }
    }
  }

  private static func plain(_ node: OpaquePointer) -> String {
    guard let iterator = cmark_iter_new(node) else { return "" }
    defer { cmark_iter_free(iterator) }
    var text = ""
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return text }
      if event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator),
        let literal = cmark_node_get_literal(node)
      {
        text += String(cString: literal)
      }
    }
  }

  /// As GitHub makes them.
  package static func anchor(_ text: String) -> String {
    String(
      text.lowercased().compactMap { character -> Character? in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || "-_".contains(character)
          ? character : nil
      })
  }
}
