/// Images that others have published as IDX files, under a name.
///
/// ```
/// try PublishedImages.mnist.download { print($0.received, "of", $0.total) }
/// let data = try PublishedImages.mnist.load()
/// ```
public struct PublishedImages: Sendable {
  /// One of the four files, as it is published.
  public struct File: Sendable {
    /// Its name, such as `t10k-labels-idx1-ubyte.gz`.
    public let name: String
    /// Its size in bytes.
    public let size: Int
    /// Its SHA-256 in hexadecimal.
    public let sha256: String

    /// A published file.
    public init(name: String, size: Int, sha256: String) {
      self.name = name
      self.size = size
      self.sha256 = sha256
    }
  }

  /// What the data is called.
  public let name: String
  /// The folder it gets in the cache.
  public let folder: String
  /// The four files.
  public let files: [File]
  /// Where the files are, each a URL that ends with a slash. The first is tried first.
  public let mirrors: [String]
  /// What the classes are called, in their order.
  public let classNames: [String]
  /// The ``ImageData/sha256`` of the images, by which they are known wherever they lie; `nil` if
  /// nobody has computed it.
  public let contentSHA256: String?

  /// Published images of one's own.
  public init(
    name: String, folder: String, files: [File], mirrors: [String], classNames: [String],
    contentSHA256: String? = nil
  ) {
    self.contentSHA256 = contentSHA256
    self.name = name
    self.folder = folder
    self.files = files
    self.mirrors = mirrors
    self.classNames = classNames
  }

  /// 70,000 handwritten digits, 28 × 28.
  ///
  /// **Source:** Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: *Gradient-based learning applied to
  /// document recognition*, Proceedings of the IEEE 86 (1998).
  public static let mnist = PublishedImages(
    name: "MNIST", folder: "mnist",
    files: [
      File(
        name: "train-images-idx3-ubyte.gz", size: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      File(
        name: "train-labels-idx1-ubyte.gz", size: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      File(
        name: "t10k-images-idx3-ubyte.gz", size: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      File(
        name: "t10k-labels-idx1-ubyte.gz", size: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ],
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    classNames: (0...9).map(String.init),
    contentSHA256: "b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a")

  /// 70,000 pieces of clothing, 28 × 28: harder than MNIST, and of the same form.
  ///
  /// **Source:** H. Xiao, K. Rasul, R. Vollgraf: *Fashion-MNIST: a novel image dataset for
  /// benchmarking machine learning algorithms*, 2017.
  public static let fashionMNIST = PublishedImages(
    name: "Fashion-MNIST", folder: "fashion-mnist",
    files: [
      File(
        name: "train-images-idx3-ubyte.gz", size: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
      File(
        name: "train-labels-idx1-ubyte.gz", size: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      File(
        name: "t10k-images-idx3-ubyte.gz", size: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      File(
        name: "t10k-labels-idx1-ubyte.gz", size: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ],
    mirrors: [
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    classNames: [
      "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
      "ankle boot",
    ])

  /// All data sets that have a name here.
  public static let all = [mnist, fashionMNIST]

  /// The data set of a name, capital letters counting as small ones: `mnist`, `fashion-mnist`.
  ///
  /// - Returns: `nil` if there is none.
  public init?(named name: String) {
    guard let found = PublishedImages.all.first(where: { $0.folder == name.lowercased() })
    else { return nil }
    self = found
  }

  /// Whether all files are in the cache.
  ///
  /// - Parameter cache: The folder of the cache; without, ``DataCache/folder``.
  public func isCached(in cache: String? = nil) -> Bool {
    guard let folder = try? folder(in: cache) else { return false }
    return files.allSatisfy { fileSize(folder + "/" + $0.name) == $0.size }
  }

  /// Reads the images from the cache.
  ///
  /// - Parameter cache: The folder of the cache; without, ``DataCache/folder``.
  /// - Throws: `DataFileError` if they aren't there, or broken.
  public func load(from cache: String? = nil) throws(DataFileError) -> ImageData {
    try ImageData(folder: try folder(in: cache), name: name, classNames: classNames)
  }

  func folder(in cache: String?) throws(DataFileError) -> String {
    if let cache { return cache + "/" + folder }
    return try DataCache.folder + "/" + folder
  }
}

extension ImageData {
  /// The digits that a command line asks for: those of a folder; else MNIST from the cache, after
  /// downloading it if that is wanted; else the built-in ones, if MNIST isn't in the cache.
  ///
  /// - Parameters:
  ///   - folder: A folder with the four IDX files (`--data`).
  ///   - download: Whether to fetch MNIST into the cache first, if it isn't there (`--download`).
  ///   - cache: The folder of the cache; without, ``DataCache/folder``.
  ///   - progress: Is told how far a download has come.
  /// - Throws: `DataFileError` if what was asked for is missing or broken. Nothing else is put in
  ///   its place.
  public static func digits(
    folder: String? = nil, download: Bool = false, cache: String? = nil,
    progress: (DownloadProgress) -> Void = { _ in }
  ) throws(DataFileError) -> ImageData {
    if let folder { return try ImageData(folder: folder) }
    if download { try PublishedImages.mnist.download(to: cache, progress: progress) }
    return PublishedImages.mnist.isCached(in: cache)
      ? try PublishedImages.mnist.load(from: cache) : try builtInDigits(cache: cache)
  }
}
