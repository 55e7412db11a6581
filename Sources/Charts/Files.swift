import Foundation

/// Makes a folder and those above it.
package func makeFolder(_ folder: URL) throws(ChartError) {
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  } catch {
    throw .cannotWrite(path: folder.path, reason: error.localizedDescription)
  }
}

/// Writes a text file so that it is there either completely or not at all.
package func write(_ text: String, to file: URL) throws(ChartError) {
  try write(Data(text.utf8), to: file)
}

/// Writes a file so that it is there either completely or not at all.
func write(_ data: Data, to file: URL) throws(ChartError) {
  do {
    try data.write(to: file, options: .atomic)
  } catch {
    throw .cannotWrite(path: file.path, reason: error.localizedDescription)
  }
}

/// Gives `unfinished` the name `path`, in one step, in the place of what was there.
package func replace(_ path: String, with unfinished: String) throws(ChartError) {
  guard rename(unfinished, path) == 0 else {
    throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
