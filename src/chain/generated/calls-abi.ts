// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const callsAbi = [
  {
    "type": "function",
    "name": "answer",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "account",
        "type": "address"
      },
      {
        "name": "leaves",
        "type": "tuple[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "beginClose",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "cashout",
    "inputs": [
      {
        "name": "call",
        "type": "tuple",
        "components": [
          {
            "name": "cashout",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "to",
                "type": "address"
              },
              {
                "name": "token",
                "type": "address"
              },
              {
                "name": "maxFee",
                "type": "uint256"
              },
              {
                "name": "minOut",
                "type": "uint256"
              },
              {
                "name": "nonce",
                "type": "uint256"
              },
              {
                "name": "deadline",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "fee",
            "type": "uint256"
          },
          {
            "name": "leaves",
            "type": "tuple[]",
            "components": [
              {
                "name": "jobId",
                "type": "bytes32"
              },
              {
                "name": "epoch",
                "type": "uint256"
              },
              {
                "name": "leaf",
                "type": "tuple",
                "components": [
                  {
                    "name": "account",
                    "type": "address"
                  },
                  {
                    "name": "amount",
                    "type": "uint256"
                  },
                  {
                    "name": "earned",
                    "type": "uint256"
                  },
                  {
                    "name": "index",
                    "type": "uint256"
                  }
                ]
              },
              {
                "name": "proof",
                "type": "bytes"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "cashoutMany",
    "inputs": [
      {
        "name": "calls",
        "type": "tuple[]",
        "components": [
          {
            "name": "cashout",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "to",
                "type": "address"
              },
              {
                "name": "token",
                "type": "address"
              },
              {
                "name": "maxFee",
                "type": "uint256"
              },
              {
                "name": "minOut",
                "type": "uint256"
              },
              {
                "name": "nonce",
                "type": "uint256"
              },
              {
                "name": "deadline",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "fee",
            "type": "uint256"
          },
          {
            "name": "leaves",
            "type": "tuple[]",
            "components": [
              {
                "name": "jobId",
                "type": "bytes32"
              },
              {
                "name": "epoch",
                "type": "uint256"
              },
              {
                "name": "leaf",
                "type": "tuple",
                "components": [
                  {
                    "name": "account",
                    "type": "address"
                  },
                  {
                    "name": "amount",
                    "type": "uint256"
                  },
                  {
                    "name": "earned",
                    "type": "uint256"
                  },
                  {
                    "name": "index",
                    "type": "uint256"
                  }
                ]
              },
              {
                "name": "proof",
                "type": "bytes"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "challenge",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "broken",
        "type": "tuple",
        "components": [
          {
            "name": "statement",
            "type": "tuple",
            "components": [
              {
                "name": "jobId",
                "type": "bytes32"
              },
              {
                "name": "epoch",
                "type": "uint256"
              },
              {
                "name": "seq",
                "type": "uint256"
              },
              {
                "name": "last",
                "type": "bool"
              },
              {
                "name": "depth",
                "type": "uint256"
              },
              {
                "name": "total",
                "type": "uint256"
              },
              {
                "name": "units",
                "type": "uint256"
              },
              {
                "name": "root",
                "type": "bytes32"
              },
              {
                "name": "dataHash",
                "type": "bytes32"
              }
            ]
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          },
          {
            "name": "helper",
            "type": "address"
          },
          {
            "name": "fee",
            "type": "uint256"
          },
          {
            "name": "consent",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claim",
    "inputs": [
      {
        "name": "proven",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimAndOpen",
    "inputs": [
      {
        "name": "leaves",
        "type": "tuple[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      },
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "contact",
        "type": "bytes"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "claimCredit",
    "inputs": [
      {
        "name": "token",
        "type": "address"
      },
      {
        "name": "account",
        "type": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimMany",
    "inputs": [
      {
        "name": "leaves",
        "type": "tuple[]",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "close",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "feedback",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "proven",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          }
        ]
      },
      {
        "name": "score",
        "type": "uint256"
      },
      {
        "name": "evidence",
        "type": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "force",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "forced",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "attestations",
        "type": "tuple[]",
        "components": [
          {
            "name": "leaf",
            "type": "tuple",
            "components": [
              {
                "name": "account",
                "type": "address"
              },
              {
                "name": "amount",
                "type": "uint256"
              },
              {
                "name": "earned",
                "type": "uint256"
              },
              {
                "name": "index",
                "type": "uint256"
              }
            ]
          },
          {
            "name": "proof",
            "type": "bytes"
          },
          {
            "name": "signature",
            "type": "bytes"
          }
        ]
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "open",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "contact",
        "type": "bytes"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "openFor",
    "inputs": [
      {
        "name": "signed",
        "type": "tuple",
        "components": [
          {
            "name": "opening",
            "type": "tuple",
            "components": [
              {
                "name": "publisher",
                "type": "address"
              },
              {
                "name": "salt",
                "type": "bytes32"
              },
              {
                "name": "token",
                "type": "address"
              },
              {
                "name": "budget",
                "type": "uint256"
              },
              {
                "name": "bond",
                "type": "uint256"
              },
              {
                "name": "settler",
                "type": "address"
              },
              {
                "name": "manifest",
                "type": "bytes32"
              },
              {
                "name": "terms",
                "type": "tuple",
                "components": [
                  {
                    "name": "expiry",
                    "type": "uint256"
                  },
                  {
                    "name": "postDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "challengeDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "closeDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "settlerCap",
                    "type": "uint256"
                  },
                  {
                    "name": "postReserve",
                    "type": "uint256"
                  },
                  {
                    "name": "postBounty",
                    "type": "uint256"
                  },
                  {
                    "name": "quorumBps",
                    "type": "uint256"
                  },
                  {
                    "name": "minSigners",
                    "type": "uint256"
                  },
                  {
                    "name": "forceDelay",
                    "type": "uint256"
                  },
                  {
                    "name": "forceCap",
                    "type": "uint256"
                  }
                ]
              }
            ]
          },
          {
            "name": "contact",
            "type": "bytes"
          },
          {
            "name": "deadline",
            "type": "uint256"
          },
          {
            "name": "signature",
            "type": "bytes"
          },
          {
            "name": "draw",
            "type": "uint256"
          },
          {
            "name": "v",
            "type": "uint8"
          },
          {
            "name": "r",
            "type": "bytes32"
          },
          {
            "name": "s",
            "type": "bytes32"
          }
        ]
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32"
      }
    ],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "post",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "statement",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "seq",
            "type": "uint256"
          },
          {
            "name": "last",
            "type": "bool"
          },
          {
            "name": "depth",
            "type": "uint256"
          },
          {
            "name": "total",
            "type": "uint256"
          },
          {
            "name": "units",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          },
          {
            "name": "dataHash",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "resolve",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "account",
        "type": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setSettler",
    "inputs": [
      {
        "name": "opening",
        "type": "tuple",
        "components": [
          {
            "name": "publisher",
            "type": "address"
          },
          {
            "name": "salt",
            "type": "bytes32"
          },
          {
            "name": "token",
            "type": "address"
          },
          {
            "name": "budget",
            "type": "uint256"
          },
          {
            "name": "bond",
            "type": "uint256"
          },
          {
            "name": "settler",
            "type": "address"
          },
          {
            "name": "manifest",
            "type": "bytes32"
          },
          {
            "name": "terms",
            "type": "tuple",
            "components": [
              {
                "name": "expiry",
                "type": "uint256"
              },
              {
                "name": "postDelay",
                "type": "uint256"
              },
              {
                "name": "challengeDelay",
                "type": "uint256"
              },
              {
                "name": "closeDelay",
                "type": "uint256"
              },
              {
                "name": "settlerCap",
                "type": "uint256"
              },
              {
                "name": "postReserve",
                "type": "uint256"
              },
              {
                "name": "postBounty",
                "type": "uint256"
              },
              {
                "name": "quorumBps",
                "type": "uint256"
              },
              {
                "name": "minSigners",
                "type": "uint256"
              },
              {
                "name": "forceDelay",
                "type": "uint256"
              },
              {
                "name": "forceCap",
                "type": "uint256"
              }
            ]
          }
        ]
      },
      {
        "name": "settler",
        "type": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "topUp",
    "inputs": [
      {
        "name": "jobId",
        "type": "bytes32"
      },
      {
        "name": "amount",
        "type": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "payable"
  },
  {
    "type": "function",
    "name": "veto",
    "inputs": [
      {
        "name": "order",
        "type": "tuple",
        "components": [
          {
            "name": "jobId",
            "type": "bytes32"
          },
          {
            "name": "epoch",
            "type": "uint256"
          },
          {
            "name": "root",
            "type": "bytes32"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  }
] as const
