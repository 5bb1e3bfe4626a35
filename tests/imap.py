"""A mailbox behind a small IMAP server, as far as the site reads one."""

import re
import socketserver
import threading


class Mailbox:
    def __init__(self, mails, password):
        self.mails = {number: [raw, set()] for number, raw in enumerate(mails, start=1)}
        self.password, self.fetched = password, 0
        box = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"* OK ready\r\n")
                for line in self.rfile:
                    tag, _space, command = line.decode().strip().partition(" ")
                    for part in box.answer(command):
                        self.wfile.write(part)
                    self.wfile.write(f"{tag} {box.said}\r\n".encode())
                    if command == "LOGOUT":
                        return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    def kept(self):
        return [raw for raw, _flags in self.mails.values()]

    def answer(self, command):
        self.said = "OK done"
        if command == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
        elif command.startswith("LOGIN"):
            self.said = "OK in" if command == f'LOGIN terug "{self.password}"' else "NO"
        elif command.startswith("SELECT"):
            yield f"* {len(self.mails)} EXISTS\r\n".encode()
        elif command == "UID SEARCH UNSEEN":
            new = [str(number) for number, (_raw, flags) in self.mails.items() if r"\Seen" not in flags]
            yield f"* SEARCH {' '.join(new)}\r\n".encode()
        elif found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            self.fetched += 1
            raw = self.mails[int(found[1])][0][: int(found[2])]
            yield f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
        elif found := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \((.*)\)", command):
            self.mails[int(found[1])][1].update(found[2].split())
        elif command == "EXPUNGE":
            self.mails = {key: one for key, one in self.mails.items() if r"\Deleted" not in one[1]}
        elif command == "LOGOUT":
            yield b"* BYE\r\n"
        else:
            self.said = "BAD"
