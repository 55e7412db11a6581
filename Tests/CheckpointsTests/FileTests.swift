import Foundation
import NeuronikaCheckpoints
import NeuronikaTensors
import Testing

@Suite struct FileTests {
  private func write(_ number: Int, to path: String) throws {
    var state = State()
    state["x"] = .integer(number)
    try Safetensors(state).write(to: path)
  }

  private func number(_ path: String) throws -> State.Value? {
    try Safetensors(contentsOf: path).state["x"]
  }

  @Test func writingReplacesAndLeavesNothingElse() throws {
    try withFolder { folder in
      let path = folder + "/a.safetensors"
      try write(1, to: path)
      try write(2, to: path)
      #expect(try number(path) == .integer(2))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.safetensors"])
    }
  }

  @Test func permissionsAndLinksStay() throws {
    try withFolder { folder in
      let (path, link) = (folder + "/a", folder + "/b")
      try write(1, to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a")
      try write(2, to: link)
      #expect(try number(path) == .integer(2))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "a")
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o640)
    }
  }

  @Test func aFileThatCannotBeWrittenLeavesTheFormerOne() throws {
    try withFolder { folder in
      let path = folder + "/a"
      try write(1, to: path)
      var state = State()
      state["__metadata__"] = .integer(2)
      #expect(failure { try Safetensors(state).write(to: path) }?.kind == .badName)
      #expect(try number(path) == .integer(1))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
    }
  }

  @Test func placesThatAreNoFileAreRefused() throws {
    try withFolder { folder in
      let missing = failure { try write(1, to: folder + "/no/a") }
      #expect(
        missing?.description
          == "\(folder)/no/a: there is no such folder; make it first, or check the path")
      #expect(failure { try write(1, to: folder) }?.kind == .unwritable)
      #expect(failure { try write(1, to: "/dev/null") }?.kind == .unwritable)
      #expect(failure { _ = try number(folder) }?.kind == .isDirectory)
      #expect(failure { _ = try number("/dev/zero") }?.kind == .unreadable)
      #expect(
        failure { _ = try number(folder + "/no") }?.description
          == "\(folder)/no: there is no such file; check the path; relative ones start in the "
          + "current directory")
    }
  }
}
