// Go's net/http: /denied is refused without a look at the content.
package main

import (
	"io"
	"io/ioutil"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/denied", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "denied", http.StatusForbidden)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(ioutil.Discard, r.Body) // io.Discard came with Go 1.16
		io.WriteString(w, "next\n")
	})
	http.ListenAndServe("127.0.0.1:"+os.Args[1], nil)
}
