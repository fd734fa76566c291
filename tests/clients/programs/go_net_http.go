// Go's net/http. It waits for the 100 as long as the transport's ExpectContinueTimeout says; with 0 not at all.
package main

import (
	"bytes"
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"os"
	"time"
)

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	url, expectation := os.Args[1], os.Args[2]
	method, content := "GET", io.Reader(nil)
	if len(os.Args) > 3 {
		data, err := ioutil.ReadFile(os.Args[3]) // os has it since Go 1.16
		end(err)
		method, content = "POST", bytes.NewReader(data)
	}
	request, err := http.NewRequest(method, url, content)
	end(err)
	request.Header.Set("Expect", expectation)

	wait := time.Second
	if os.Getenv("NO_WAIT") != "" {
		wait = 0
	}
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: wait}, Timeout: 20 * time.Second}
	response, err := client.Do(request)
	end(err)
	defer response.Body.Close()
	fmt.Println(response.StatusCode)
	_, err = io.Copy(os.Stdout, response.Body)
	end(err)
}
