import NeuronikaHashing

/// Images to learn from and others to test with, as one finds them in a folder of four IDX files.
public struct ImageData: Sendable {
  /// What they are called: "MNIST", or the name of the folder.
  public let name: String
  /// The images to learn from.
  public let train: ImageDataset
  /// The images to test with.
  public let test: ImageDataset
  /// What the classes are called, in their order.
  public let classNames: [String]
  /// The SHA-256 of what the four files hold, unpacked, training images, training labels, test
  /// images and test labels one after another; in hexadecimal. It names the data, gzipped or not.
  public let sha256: String

  /// Reads the four files of a folder, each gzipped or not: `train-images-idx3-ubyte`,
  /// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`. For the second
  /// dash there may be a dot, as in `train-images.idx3-ubyte`.
  ///
  /// - Parameters:
  ///   - folder: Where the files are.
  ///   - name: What the data is called; without, by the name that it was published under, if it is
  ///     known by its ``sha256``, else like the folder.
  ///   - classNames: What the classes are called; without, as published, else by their numbers.
  /// - Throws: `DataFileError` if a file is missing or broken, or they don't belong together.
  public init(
    folder: String, name: String? = nil, classNames: [String]? = nil
  ) throws(DataFileError) {
    func read(_ stem: String) throws(DataFileError) -> IDXFile {
      try IDXFile(try ImageData.path(of: stem, in: folder))
    }
    let files = try (
      read("train-images-idx3-ubyte"), read("train-labels-idx1-ubyte"),
      read("t10k-images-idx3-ubyte"), read("t10k-labels-idx1-ubyte")
    )
    let lastName = folder.split(separator: "/").last.map(String.init) ?? folder
    try self.init(
      name: name, folder: lastName, train: (files.0, files.1), test: (files.2, files.3),
      classNames: classNames)
  }

  /// Images and labels that are in memory already.
  init(
    name: String?, folder: String = "", train: (images: IDXFile, labels: IDXFile),
    test: (images: IDXFile, labels: IDXFile), classNames: [String]? = nil
  ) throws(DataFileError) {
    var hash = SHA256()
    for file in [train.images, train.labels, test.images, test.labels] { file.hash(into: &hash) }
    sha256 = hash.hexadecimal
    let known = PublishedImages.all.first { [sha256] in $0.contentSHA256 == sha256 }
    let name = name ?? known?.name ?? folder
    let classNames = classNames ?? known?.classNames
    self.name = name
    self.train = try ImageDataset(images: train.images, labels: train.labels)
    self.test = try ImageDataset(images: test.images, labels: test.labels)
    guard self.train.imageShape == self.test.imageShape else {
      throw DataFileError(
        .wrongContent, file: test.images.source, offset: 8,
        problem: "the images are \(self.test.imageShape), but those of \(train.images.source) "
          + "are \(self.train.imageShape)",
        advice: "look whether the files belong together")
    }
    let count = 1 + Int(max(train.labels.bytes.max() ?? 0, test.labels.bytes.max() ?? 0))
    if let classNames, count > classNames.count {
      let file = train.labels.bytes.contains { $0 >= classNames.count } ? train : test
      let place = file.labels.bytes.firstIndex { $0 >= classNames.count }!
      throw DataFileError(
        .wrongContent, file: file.labels.source, offset: 8 + place,
        problem: "\(name) has labels from 0 to \(classNames.count - 1), but here is "
          + "\(file.labels.bytes[place])",
        advice: "look whether the file belongs to \(name)")
    }
    self.classNames = classNames ?? (0..<count).map(String.init)
  }

  /// The four files' names, unpacked.
  static let stems = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ]

  private static func path(of stem: String, in folder: String) throws(DataFileError) -> String {
    let parts = stem.split(separator: "-")
    let dotted = parts[0...1].joined(separator: "-") + "." + parts[2...].joined(separator: "-")
    let names = [stem, stem + ".gz", dotted, dotted + ".gz"]
    for name in names where fileSize(folder + "/" + name) != nil { return folder + "/" + name }
    throw DataFileError(
      .incompleteFolder, file: folder,
      problem: "the folder should have \(names[0]), \(names[1]), \(names[2]) or \(names[3]), "
        + "but has none of them",
      advice: "name a folder with all four IDX files")
  }
}
