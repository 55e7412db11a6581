/// Stops the program because of a programmer's mistake, with a full sentence, in release builds too.
///
/// - Parameter sentence: What is wrong, where, and what to do.
package func stopProgram(_ sentence: String) -> Never {
  fatalError(sentence)
}
