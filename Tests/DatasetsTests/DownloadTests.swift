import Foundation
import NeuronikaDatasets
import NeuronikaHashing
import NeuronikaTensors
import Testing

private let hasCurl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .contains { FileManager.default.isExecutableFile(atPath: $0 + "/curl") }

@Suite(.enabled(if: hasCurl, "there is no curl")) struct DownloadTests {
  static let names = [
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
  ]

  /// Four files of small images, as a server has them. The training images are 90 kB.
  static func files() -> [String: [UInt8]] {
    let pixels = Generator.bytes(90_000)
    let contents = [
      idx(8, [15_000, 2, 3], pixels), idx(8, [15_000], [UInt8](repeating: 1, count: 15_000)),
      idx(8, [2, 2, 3], Array(pixels.prefix(12))), idx(8, [2], [0, 2]),
    ]
    return Dictionary(uniqueKeysWithValues: zip(names, contents.map { gzipped($0) }))
  }

  static func published(_ files: [String: [UInt8]], _ mirrors: [String]) -> PublishedImages {
    PublishedImages(
      name: "Small", folder: "small",
      files: names.map { name in
        PublishedImages.File(
          name: name, size: files[name]!.count, sha256: sha256(files[name]!))
      },
      mirrors: mirrors, classNames: ["none", "one", "two"])
  }

  @Test("Files are fetched, checked and read; a second time nothing is fetched")
  func fetches() throws {
    let files = Self.files()
    let server = FileServer(files.mapValues { FileServer.Page(bytes: $0) })
    let images = Self.published(files, [server.url])
    try withFolder { cache in
      #expect(!images.isCached(in: cache))
      var seen: [DownloadProgress] = []
      try images.download(to: cache) { seen.append($0) }
      #expect(images.isCached(in: cache))
      let data = try images.load(from: cache)
      #expect(data.name == "Small" && data.train.count == 15_000 && data.test.labels == [0, 2])
      #expect(data.classNames == ["none", "one", "two"])
      #expect(server.requests == Self.names)
      let total = files.values.reduce(0) { $0 + $1.count }
      #expect(seen.last?.received == total && seen.allSatisfy { $0.total == total })
      #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.received <= $1.received })
      try images.download(to: cache)
      #expect(server.requests.count == 4)
      // A file that was damaged since is fetched again.
      let path = cache + "/small/" + Self.names[3]
      var bytes = try read(path)
      bytes[12] ^= 1
      try write(bytes, path)
      try images.download(to: cache)
      #expect(server.requests.count == 5)
      #expect(try read(path) == files[Self.names[3]]!)
    }
  }

  @Test("A download that broke off is gone on with", arguments: [true, false])
  func resumes(isSameMirror: Bool) throws {
    let files = Self.files()
    var pages = files.mapValues { FileServer.Page(bytes: $0) }
    pages[Self.names[0]]!.breakOff = 50_000
    pages[Self.names[0]]!.breaks = 1
    let broken = FileServer(pages)
    let whole = FileServer(files.mapValues { FileServer.Page(bytes: $0) })
    try withFolder { cache in
      if isSameMirror {
        let images = Self.published(files, [broken.url])
        let error = #expect(throws: DataFileError.self) { try images.download(to: cache) }
        #expect(error?.kind == .notDownloaded && error?.file == Self.names[0])
        #expect(try read(cache + "/small/\(Self.names[0]).part").count == 50_000)
        #expect(!images.isCached(in: cache))
        try images.download(to: cache)
        #expect(broken.requests.prefix(2) == [Self.names[0], Self.names[0] + " from 50000"])
      } else {
        try Self.published(files, [broken.url, whole.url]).download(to: cache)
        #expect(broken.requests.first == Self.names[0])
        #expect(whole.requests == [Self.names[0] + " from 50000"])
      }
      for name in Self.names { #expect(try read(cache + "/small/" + name) == files[name]!) }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: cache + "/small").sorted()
          == ([".lock"] + Self.names).sorted())
    }
  }

  @Test("A server that can't begin in the middle is asked for the whole")
  func withoutRanges() throws {
    let files = Self.files()
    let server = FileServer(
      files.mapValues { FileServer.Page(bytes: $0, hasRanges: false) })
    try withFolder { cache in
      try FileManager.default.createDirectory(
        atPath: cache + "/small", withIntermediateDirectories: true)
      try write(
        Array(files[Self.names[0]]!.prefix(1000)), cache + "/small/\(Self.names[0]).part")
      try Self.published(files, [server.url]).download(to: cache)
      #expect(server.requests.prefix(2) == [Self.names[0] + " from 1000", Self.names[0]])
      #expect(try read(cache + "/small/" + Self.names[0]) == files[Self.names[0]]!)
    }
  }

  @Test("A beginning of something else is found out, and the whole is fetched again")
  func wrongBeginning() throws {
    let files = Self.files()
    let server = FileServer(files.mapValues { FileServer.Page(bytes: $0) })
    try withFolder { cache in
      try FileManager.default.createDirectory(
        atPath: cache + "/small", withIntermediateDirectories: true)
      let part = cache + "/small/\(Self.names[0]).part"
      for wrong in [100, files[Self.names[0]]!.count, files[Self.names[0]]!.count + 1] {
        try write([UInt8](repeating: 7, count: wrong), part)
        try Self.published(files, [server.url]).download(to: cache)
        #expect(try read(cache + "/small/" + Self.names[0]) == files[Self.names[0]]!)
        try FileManager.default.removeItem(atPath: cache + "/small/" + Self.names[0])
      }
    }
  }

  @Test("A wrong file is never taken: another mirror is asked, or it is an error")
  func wrongChecksum() throws {
    let files = Self.files()
    var pages = files.mapValues { FileServer.Page(bytes: $0) }
    pages[Self.names[1]]!.bytes[20] ^= 1
    let wrong = FileServer(pages)
    let right = FileServer(files.mapValues { FileServer.Page(bytes: $0) })
    try withFolder { cache in
      let images = Self.published(files, [wrong.url])
      let error = #expect(throws: DataFileError.self) { try images.download(to: cache) }
      #expect(error?.kind == .wrongChecksum)
      #expect(
        error?.description
          == "\(Self.names[1]): no mirror has the file (\(wrong.url): the file has another SHA-256 "
          + "than the published one); look at the connection, or put the four files into a folder "
          + "and name that (--data)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: cache + "/small").sorted()
          == [".lock", Self.names[0]].sorted())
      try Self.published(files, [wrong.url, right.url]).download(to: cache)
      #expect(right.requests.first == Self.names[1])
      #expect(try images.load(from: cache).train.count == 15_000)
    }
  }

  @Test("Mirrors that don't answer, or not with the file, are named with their reasons")
  func reasons() throws {
    let files = Self.files()
    let empty = FileServer([:])
    var pages = files.mapValues { FileServer.Page(bytes: $0) }
    pages[Self.names[0]]!.bytes += [UInt8](repeating: 0, count: 200_000)
    let long = FileServer(pages)
    let dead = FileServer.deadURL()
    try withFolder { cache in
      let images = Self.published(files, [dead, empty.url, long.url])
      let text = message { try images.download(to: cache) } ?? ""
      #expect(text.contains("\(dead): curl: (7)"))
      #expect(text.contains("\(empty.url): curl: (22)") && text.contains("404"))
      #expect(text.contains("\(long.url): curl: (63)"), "longer than it should be")
      let redirecting = FileServer(
        Dictionary(
          uniqueKeysWithValues: Self.names.map {
            ($0, FileServer.Page(bytes: [], redirection: empty.url + $0))
          }))
      _ = message { try Self.published(files, [redirecting.url]).download(to: cache) }
      #expect(empty.requests.last == Self.names[0])
    }
  }

  @Test("Programs that fetch the same at once fetch it once")
  func together() async throws {
    let files = Self.files()
    let server = FileServer(files.mapValues { FileServer.Page(bytes: $0) })
    let images = Self.published(files, [server.url])
    let cache = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: cache) }
    async let first: Void = images.download(to: cache)
    async let second: Void = images.download(to: cache)
    _ = try await (first, second)
    #expect(server.requests == Self.names)
    #expect(images.isCached(in: cache))
  }

  @Test("Published data sets are found by name")
  func names() {
    #expect(PublishedImages(named: "MNIST")?.name == "MNIST")
    #expect(PublishedImages(named: "fashion-mnist")?.classNames[9] == "ankle boot")
    #expect(PublishedImages(named: "digits") == nil)
    for images in PublishedImages.all {
      #expect(images.files.map(\.name) == Self.names)
      #expect(images.files.allSatisfy { $0.sha256.count == 64 })
      #expect(images.mirrors.count >= 2 && images.mirrors.allSatisfy { $0.hasSuffix("/") })
    }
  }
}

@Suite struct DigitsChoiceTests {
  @Test("The cache is where the user's variables say")
  func cache() throws {
    func folder(_ variables: [String: String]) throws -> String {
      try DataCache.folder { variables[$0] }
    }
    #expect(try folder(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/neuronika")
    #expect(try folder(["XDG_CACHE_HOME": "/c/", "HOME": "/h"]) == "/c/neuronika")
    #expect(try folder(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/neuronika")
    #expect(try folder(["HOME": "/h"]) == "/h/.cache/neuronika")
    #expect(
      message { _ = try folder(["XDG_CACHE_HOME": ""]) }
        == "cache: neither XDG_CACHE_HOME nor HOME names a folder; "
        + "set XDG_CACHE_HOME, or name the folder of the data")
  }

  @Test("A folder that is named is read, and nothing stands in for it")
  func folder() throws {
    try withFolder { folder in
      try writeImages(folder, train: 4, test: 2)
      #expect(try ImageData.digits(folder: folder, cache: folder).train.count == 4)
      let error = #expect(throws: DataFileError.self) {
        try ImageData.digits(folder: folder + "/none", cache: folder)
      }
      #expect(error?.kind == .incompleteFolder)
      #expect(try ImageData.digits(cache: folder).name == "built-in digits")
    }
  }
}

extension Generator {
  /// Bytes that no packing makes shorter.
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = Generator(seed: 1)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }
}
