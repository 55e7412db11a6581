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
      if let cache = absolutePath("XDG_CACHE_HOME") { return cache + "/neuronika" }
      if let home = absolutePath("HOME") { return home + "/.cache/neuronika" }
      throw DataFileError(
        .noCache, file: "cache", problem: "neither XDG_CACHE_HOME nor HOME names a folder",
        advice: "set XDG_CACHE_HOME, or name the folder of the data")
    }
  }

  private static func absolutePath(_ variable: String) -> String? {
    guard let value = getenv(variable), value[0] == CChar(UInt8(ascii: "/")) else { return nil }
    let path = String(cString: value)
    return path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
