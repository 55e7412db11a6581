import Foundation

/// The document as one HTML file: style, images and formulas inside, no script, nothing fetched.
package final class HTMLWriter {
  private let document: Document
  private let directory: String
  private let math: MathML
  private var anchors: [String: Int] = [:]
  private var headings: [Markdown.Heading] = []
  private var links: [(cell: Int, url: String)] = []
  private var currentCell = 0
  /// Links and images that lead nowhere.
  package private(set) var problems: [Document.Problem] = []

  /// - Parameter directory: where the figures stand.
  package init(_ document: Document, directory: String, math: MathML) {
    self.document = document
    self.directory = directory
    self.math = math
  }

  package func text() -> String {
    var body = ""
    for section in document.sections {
      currentCell = section.cell.number
      if !section.prose.isEmpty { body += prose(section.prose) }
      if section.cell.code.isEmpty && section.outputs.isEmpty { continue }
      body += "<section class=\"cell\">\n"
      if !section.cell.code.isEmpty {
        body +=
          "<pre class=\"code\" tabindex=\"0\"><code>"
          + SwiftHighlighter.html(section.cell.code) + "</code></pre>\n"
      }
      body += section.outputs.map { html($0) }.joined() + "</section>\n"
    }
    body += "<footer>\n\(prose(MarkdownWriter.foot(document)))</footer>\n"
    checkLinks()
    let mark =
      document.header.quick
      ? "<p class=\"watermark\">\(inline(MarkdownWriter.watermark))</p>\n" : ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(escaped(document.title))</title>
      <style>
      \(stylesheet)</style>
      </head>
      <body\(document.header.quick ? " class=\"quick\"" : "")>
      \(mark)\(contents())<main>
      \(body)</main>
      </body>
      </html>

      """
  }

  private func contents() -> String {
    let entries = headings.filter { $0.level == 2 || $0.level == 3 }
    guard entries.count > 1 else { return "" }
    let items = entries.map { heading in
      "<li class=\"level\(heading.level)\">"
        + "<a href=\"#\(escaped(heading.anchor))\">\(withoutLinks(heading.html))</a></li>\n"
    }
    return "<nav aria-label=\"Contents\">\n<ol>\n\(items.joined())</ol>\n</nav>\n"
  }

  private func withoutLinks(_ html: String) -> String {
    html.replacingOccurrences(of: "</?a[^>]*>", with: "", options: .regularExpression)
  }

  /// Markdown of the document to HTML.
  package func prose(_ text: String) -> String {
    let formulas = Formulas(in: text)
    let markdown = Markdown(formulas.text, anchors: &anchors) { [self] url in
      guard let data = dataAddress(url) else {
        problems.append(.init(cell: currentCell, message: "image \(url) is missing"))
        return ""
      }
      return data
    }
    links += markdown.links.map { (currentCell, $0) }
    headings += markdown.headings.map { heading in
      var heading = heading
      heading.html = formulas.restored(in: heading.html, by: math.html)
      return heading
    }
    return formulas.restored(in: markdown.html, by: math.html)
  }

  private func inline(_ text: String) -> String {
    let html = prose(text).trimmingCharacters(in: .newlines)
    return html.hasPrefix("<p>") && html.hasSuffix("</p>")
      ? String(html.dropFirst(3).dropLast(4))
      : html
  }

  package func html(_ output: Document.Output) -> String {
    switch output {
    case .text(let text): return printed(text)
    case .cut(let head, let tail, let omitted, let file):
      return "<div class=\"cut\">\(printed(head))"
        + "<p class=\"omitted\">… \(omitted): <a href=\"\(file)\">the whole output</a> …</p>\n"
        + "\(printed(tail))</div>\n"
    case .table: return prose(MarkdownWriter.markdown(output))
    case .note(let text): return "<aside class=\"note\">\n\(prose(text))</aside>\n"
    case .failure(let text): return "<pre class=\"failure\" role=\"alert\">\(escaped(text))</pre>\n"
    case .figure(let picture, let number): return figure(picture, number)
    }
  }

  private func printed(_ text: String) -> String {
    "<pre class=\"output\" tabindex=\"0\"><samp>\(escaped(text))</samp></pre>\n"
  }

  private func figure(_ picture: Picture, _ number: Int) -> String {
    guard picture.problem == nil, let address = dataAddress(picture.path) else {
      if picture.problem == nil {
        problems.append(.init(cell: currentCell, message: "\(picture.path) is missing"))
      }
      let reason = escaped(picture.problem ?? "\(picture.path) is missing")
      return "<p class=\"missing\"><b>Figure \(number) is missing:</b> \(reason)</p>\n"
    }
    var size = ""
    var kinds = picture.pixelated ? ["pixels"] : []
    if let (width, height) = pixels(picture.path) {
      let scale = picture.pixelated ? max(1, min(8, 480 / max(width, 1))) : 1
      if scale > 1 { kinds.append("enlarged") }
      size = " width=\"\(width * scale)\" height=\"\(height * scale)\""
    }
    let kind = kinds.isEmpty ? "" : " class=\"\(kinds.joined(separator: " "))\""
    return """
      <figure\(kind)>
      <a href="\(escaped(picture.path))"><img src="\(address)" alt="\(escaped(picture.alt))"\(size)></a>
      <figcaption><b>Figure \(number).</b> \(inline(picture.caption ?? picture.alt))</figcaption>
      </figure>

      """
  }

  private func contents(of path: String) -> Data? {
    guard !path.contains("://"), !path.hasPrefix("/") else { return nil }
    return FileManager.default.contents(atPath: directory + "/" + path)
  }

  private func dataAddress(_ path: String) -> String? {
    guard let data = contents(of: path) else { return nil }
    let type = path.hasSuffix(".jpg") || path.hasSuffix(".jpeg") ? "jpeg" : "png"
    return "data:image/\(type);base64,\(data.base64EncodedString())"
  }

  /// Width and height stand at fixed places in a PNG.
  private func pixels(_ path: String) -> (width: Int, height: Int)? {
    guard let data = contents(of: path), data.count > 24 else { return nil }
    let numbers = [16, 20].map { start in data[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (numbers[0], numbers[1])
  }

  private func checkLinks() {
    for (cell, url) in links where !url.contains("://") && !url.hasPrefix("mailto:") {
      let path = url.prefix { $0 != "#" }
      let fragment = url.dropFirst(path.count + 1)
      let leads =
        path.isEmpty
        ? headings.contains { $0.anchor == fragment } : exists("\(directory)/\(path)")
      if !leads { problems.append(.init(cell: cell, message: "link \(url) leads nowhere")) }
    }
  }
}
