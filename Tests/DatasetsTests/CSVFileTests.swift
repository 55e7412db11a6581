import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Testing

@Suite struct CSVFileTests {
  @Test("Files that can't be read say why")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "csv-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func message(_ path: String) -> String? {
      #expect(throws: CSVError.self) { try Table(csv: path) }?.description
    }
    let missing = folder.appending(path: "none.csv").path
    #expect(
      message(missing)
        == "\(missing): there is no such file; "
        + "check the path; relative ones start in the current directory")
    #expect(message(folder.path) == "\(folder.path): this is a directory; name a file in it")
    let file = folder.appending(path: "a.csv").path
    try "a,b\n1,2\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try Table(csv: file).matrix() == [[1, 2]])
    if getuid() != 0 {
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
      #expect(
        message(file)
          == "\(file): reading is not permitted; look at its permissions with ls -l")
    }
  }
}
