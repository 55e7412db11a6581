import Foundation
import Synchronization

/// A web server on this machine that gives files away, as well or badly as a test wants it to.
final class FileServer: Sendable {
  /// What there is at a path, and how it is given.
  struct Page: Sendable {
    var bytes: [UInt8]
    /// Whether a part may be asked for.
    var hasRanges = true
    /// After how many bytes the connection breaks off, for as many answers as `breaks` says.
    var breakOff = Int.max
    var breaks = 0
    /// Where the file is really.
    var redirection: String?
  }

  private let socket: CInt
  private let pages: Mutex<[String: Page]>
  private let log = Mutex<[String]>([])
  let port: UInt16

  /// What was asked for so far: the path, and the range if there was one.
  var requests: [String] { log.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(port)/" }

  init(_ pages: [String: Page]) {
    self.pages = Mutex(pages)
    let socket = FileServer.makeSocket()
    self.socket = socket
    var address = FileServer.localAddress(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        precondition(bind(socket, address, length) == 0 && listen(socket, 8) == 0)
        precondition(getsockname(socket, address, &length) == 0)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    Thread { [weak self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0, let self else { break }
        self.answer(connection)
        close(connection)
      }
      close(socket)
    }.start()
  }

  deinit { shutdown(socket, CInt(SHUT_RDWR)) }

  /// An address on this machine where nobody listens.
  static func deadURL() -> String {
    let server = FileServer([:])
    return server.url
  }

  private static func makeSocket() -> CInt {
    #if os(Linux)
      Foundation.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    #else
      Foundation.socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  private static func localAddress(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private func answer(_ connection: CInt) {
    var request = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !request.contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      request += String(decoding: buffer[..<count], as: UTF8.self)
    }
    let path = String(request.split(separator: " ")[1].dropFirst())
    let range = request.split(separator: "\r\n").first { $0.hasPrefix("Range: bytes=") }
    let start = range.flatMap { Int($0.dropFirst(13).prefix { $0.isNumber }) } ?? 0
    log.withLock { $0.append(range == nil ? path : "\(path) from \(start)") }
    let page = pages.withLock { pages -> Page? in
      let page = pages[path]
      if let page, page.breaks > 0 { pages[path]!.breaks -= 1 }
      return page
    }
    guard let page else { return send(connection, "404 Not Found", [:], []) }
    if let target = page.redirection {
      return send(connection, "302 Found", ["Location": target], [])
    }
    var body = page.bytes[...]
    var status = "200 OK"
    var fields = ["Content-Length": "\(body.count)"]
    if page.hasRanges, range != nil {
      if start >= body.count {
        return send(connection, "416 Range Not Satisfiable", ["Content-Length": "0"], [])
      }
      status = "206 Partial Content"
      fields["Content-Range"] = "bytes \(start)-\(body.count - 1)/\(body.count)"
      body = body[start...]
      fields["Content-Length"] = "\(body.count)"
    }
    send(connection, status, fields, page.breaks > 0 ? body.prefix(page.breakOff) : body)
  }

  private func send(
    _ connection: CInt, _ status: String, _ fields: [String: String], _ body: ArraySlice<UInt8>
  ) {
    var bytes = Array("HTTP/1.1 \(status)\r\nConnection: close\r\n".utf8)
    for (name, value) in fields { bytes += Array("\(name): \(value)\r\n".utf8) }
    bytes += Array("\r\n".utf8) + body
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress! + sent, $0.count - sent, CInt(noSignal))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}

#if os(Linux)
  private let noSignal = Int(MSG_NOSIGNAL)
#else
  private let noSignal = 0
#endif
