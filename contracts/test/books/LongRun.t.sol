// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HandlerTest} from "./HandlerTest.sol";

/// The random runs mean something: a few long ones, always the same, see each call succeed and fail again and again.
contract LongRunTest is HandlerTest {
    uint256 private constant ROUNDS = 5;
    uint256 private constant ACTS = 400;

    mapping(string what => uint256) private _count;

    function test_a_long_run_reaches_everything() external {
        string[22] memory acts = [
            "open",
            "openFor",
            "claimAndOpen",
            "topUp",
            "setSettler",
            "beginClose",
            "close",
            "post",
            "force",
            "veto",
            "claim",
            "claimMany",
            "claimCredit",
            "cashout",
            "cashoutMany",
            "challenge",
            "answer",
            "resolve",
            "feedback",
            "replace",
            "bounty",
            "kept"
        ];
        for (uint256 round = 0; round < ROUNDS; ++round) {
            _run(round);
            for (uint256 i = 0; i < acts.length; ++i) {
                _count[acts[i]] += handler.count(acts[i]);
                _count[_refused(acts[i])] += handler.count(_refused(acts[i]));
            }
            _count["final at once"] += handler.count("final at once");
            checkEnd();
        }
        for (uint256 i = 0; i < acts.length; ++i) {
            assertTrue(_count[acts[i]] > 3, acts[i]);
            if (i < 19) assertTrue(_count[_refused(acts[i])] > 3, _refused(acts[i]));
        }
        assertTrue(_count["final at once"] > 3, "final at once");
    }

    function _run(uint256 round) private {
        setUp();
        bytes4[] memory acts = mix();
        for (uint256 i = 0; i < ACTS; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("long run", round, i)));
            (bool isDone,) = address(handler).call(abi.encodePacked(acts[seed % acts.length], seed));
            assertTrue(isDone, "no act of the handler reverts");
        }
    }

    function _refused(string memory act) private pure returns (string memory) {
        return string.concat("refused ", act);
    }
}
