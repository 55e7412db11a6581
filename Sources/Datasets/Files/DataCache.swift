#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where data lies that was downloaded, or made, once for all programs of a user.
public enum DataCache {
  /// The user's folder: `neuronika` in that of the environment variable `XDG_CACHE_HOME`, without
  /// it in `~/.cache`. It need not exist.
  ///
  /// **Source:** the XDG Base Directory Specification, which has relative paths ignored.
  ///
  /// - Throws: `DataFileError` if neither that variable nor `HOME` names a folder.
  public static var folder: String {
    get throws(DataFileError) {
      try folder { variable in getenv(variable).map { String(cString: $0) } }
    }
  }

  /// The folder of a user with other variables.
  package static func folder(
    variable: (String) -> String?
  ) throws(DataFileError) -> String {
    func path(_ name: String) -> String? {
      guard let path = variable(name), path.hasPrefix("/") else { return nil }
      return path.hasSuffix("/") ? String(path.dropLast()) : path
    }
    if let cache = path("XDG_CACHE_HOME") { return cache + "/neuronika" }
    if let home = path("HOME") { return home + "/.cache/neuronika" }
    throw DataFileError(
      .noCache, file: "cache", problem: "neither XDG_CACHE_HOME nor HOME names a folder",
      advice: "set XDG_CACHE_HOME, or name the folder of the data")
  }
}
