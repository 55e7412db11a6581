import Foundation

/// The document as a Jupyter notebook (nbformat 4.5), outputs included.
package struct JupyterWriter {
  package let document: Document
  package let directory: String
  /// Gives the HTML of a table or a note.
  package let html: (Document.Output) -> String

  package init(
    _ document: Document, directory: String, html: @escaping (Document.Output) -> String
  ) {
    self.document = document
    self.directory = directory
    self.html = html
  }

  package func text() -> String {
    var cells: [[String: Any]] = []
    if document.header.quick {
      cells.append(prose("> " + MarkdownWriter.watermark, id: "quick"))
    }
    for section in document.sections {
      let number = twoDigits(section.cell.number)
      if !section.prose.isEmpty { cells.append(prose(section.prose, id: "prose-\(number)")) }
      if section.cell.code.isEmpty && section.outputs.isEmpty { continue }
      cells.append([
        "cell_type": "code", "id": "code-\(number)", "metadata": [String: Any](),
        "execution_count": section.cell.number, "source": Self.lines(section.cell.code),
        "outputs": section.outputs.flatMap { outputs($0) },
      ])
    }
    cells.append(prose("---\n\n" + MarkdownWriter.foot(document), id: "foot"))
    let notebook: [String: Any] = [
      "nbformat": 4, "nbformat_minor": 5, "cells": cells,
      "metadata": [
        "kernelspec": ["display_name": "Swift", "language": "swift", "name": "swift"],
        "language_info": ["name": "swift", "file_extension": ".swift"],
        "title": document.title,
      ],
    ]
    let data = try? JSONSerialization.data(
      withJSONObject: notebook, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
  }

  private func prose(_ text: String, id: String) -> [String: Any] {
    [
      "cell_type": "markdown", "id": id, "metadata": [String: Any](), "source": Self.lines(text),
    ]
  }

  private func outputs(_ output: Document.Output) -> [[String: Any]] {
    switch output {
    case .text(let text): return [stream(text)]
    case .cut(let head, let tail, let omitted, let file):
      return [stream("\(head)\n… \(omitted), the whole is in \(file) …\n\(tail)")]
    case .table(let headers, let rows):
      return [
        display([
          "text/plain": Self.lines(alignedTable(headers: headers, rows: rows)),
          "text/html": Self.lines(html(output)),
        ])
      ]
    case .note(let text): return [markdown(text)]
    case .failure(let text):
      return [
        [
          "output_type": "error", "ename": "Stopped", "evalue": text,
          "traceback": text.split(separator: "\n").map(String.init),
        ]
      ]
    case .figure(let picture, let number): return figure(picture, number)
    }
  }

  /// The picture, and its caption below it.
  private func figure(_ picture: Picture, _ number: Int) -> [[String: Any]] {
    guard picture.problem == nil,
      let data = FileManager.default.contents(atPath: "\(directory)/\(picture.path)")
    else { return [stream("Figure \(number) is missing: \(picture.problem ?? picture.path)")] }
    let image = display(
      [
        "image/png": data.base64EncodedString(),
        "text/plain": ["Figure \(number). \(picture.alt)"],
      ], metadata: ["image/png": ["alt": picture.alt]])
    return [image, markdown("*Figure \(number). \(picture.caption ?? picture.alt)*")]
  }

  private func markdown(_ text: String) -> [String: Any] {
    display(["text/plain": Self.lines(text), "text/markdown": Self.lines(text)])
  }

  private func stream(_ text: String) -> [String: Any] {
    ["output_type": "stream", "name": "stdout", "text": Self.lines(text + "\n")]
  }

  private func display(
    _ data: [String: Any], metadata: [String: Any] = [:]
  ) -> [String: Any] {
    ["output_type": "display_data", "data": data, "metadata": metadata]
  }

  /// Each with its line break, as nbformat has it.
  private static func lines(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var result = lines.dropLast().map { String($0) + "\n" }
    if let last = lines.last, !last.isEmpty { result.append(String(last)) }
    return result
  }
}
