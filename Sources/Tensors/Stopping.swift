#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

#if canImport(Runtime)
  import Runtime
#endif

/// Stops the program because of a programmer's mistake, with a full sentence, in release builds too:
/// a failing `precondition` would lose its text there.
///
/// The sentence is printed behind the line of the user's program that called into the library, where
/// the stack tells it: operators can't take `#line`.
///
/// - Parameter sentence: What is wrong, where, and what to do.
@inline(never)
@usableFromInline package func stopProgram(_ sentence: String) -> Never {
  let message = (callersLine() ?? "Fatal error") + ": " + sentence + "\n"
  fflush(nil)
  _ = message.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
  abort()
}

private func callersLine() -> String? {
  #if canImport(Runtime)
    guard let backtrace = try? Backtrace.capture(limit: 64).symbolicated() else { return nil }
    for frame in backtrace.frames {
      guard let symbol = frame.symbol, !isOurs(symbol.rawName),
        let place = symbol.sourceLocation, place.line > 0
      else { continue }
      return "\(place.path):\(place.line)"
    }
  #endif
  return nil
}

/// Whether a mangled name, `$s15NeuronikaGraphs…`, begins with one of the library's modules.
private func isOurs(_ name: String) -> Bool {
  name.hasPrefix("$s") && name.dropFirst(2).drop(while: \.isNumber).hasPrefix("Neuronika")
}
